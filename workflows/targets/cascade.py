"""Sharing an amount out over a tree so that the children of every node sum to it exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Node:
    """A unit or a person in the cascade; ``weight`` is its claim among its siblings."""

    key: str
    weight: int
    children: tuple[Node, ...] = ()


def apportion(amount: Decimal, weights: Sequence[int], unit: Decimal) -> list[Decimal]:
    """Share ``amount`` out by ``weights`` in multiples of ``unit``, by largest remainder.

    The shares sum to ``amount`` exactly: what is left below one unit goes to the first with
    the largest claim. Ties go to the earlier weight. ValueError where all weights are zero.
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError("nobody to share with")
    units, rest = divmod(amount, unit)
    whole = int(units)
    shares = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
    for i in by_remainder[: whole - sum(shares)]:
        shares[i] += 1
    amounts = [share * unit for share in shares]
    amounts[max(range(len(weights)), key=lambda i: (weights[i], -i))] += rest
    return amounts


def cascade(amount: Decimal, root: Node, unit: Decimal) -> dict[str, Decimal]:
    """Return the amount of every node below ``root`` and of itself, by key."""
    amounts = {root.key: amount}
    if root.children:
        shares = apportion(amount, [child.weight for child in root.children], unit)
        for child, share in zip(root.children, shares, strict=True):
            amounts |= cascade(share, child, unit)
    return amounts
