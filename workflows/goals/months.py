"""Where months do not add up: what is below a node is spread over the year otherwise than it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.errors import N_, Fault, Place
from engine.plain import plain_number
from workflows.goals.shape import Months, spread
from workflows.goals.tree import Cut, Node

# A year is rounded into quarters, and those into months.
ROUNDED = 2


@dataclass(frozen=True, slots=True)
class Drift:
    """A node whose children have in each month ``by`` more (or less) than its curve gives them."""

    node: Node
    by: Months


def drifts(root: Node, cut: Cut) -> list[Drift]:
    """Return every node whose months are not those of what is below it, from the top.

    A person's months are always the sum of their lines'; what does not add up has no such sum.
    A month that is off by no more than rounding is not.
    """
    if not cut.adds:
        return []
    found = []
    for node in root.walk():
        if node.split is None or node.split.whole or node.personal:
            continue
        if any(by := _drift(node, cut)):
            found.append(Drift(node, by))
    return found


def drift_fault(drift: Drift, year: int) -> Fault:
    """Say in which months what is below a node is more or less than its own."""
    return Fault(
        "goals.months",
        N_("The months below {name} do not add up to its own: {months}."),
        N_("Move amounts between months in the year's grid, or give it a curve of its own."),
        {
            "name": drift.node.name,
            "months": ", ".join(
                f"{year}-{month:02} {'+' if by > 0 else '-'}{plain_number(abs(by))}"
                for month, by in enumerate(drift.by, 1)
                if by
            ),
        },
        Place(path=drift.node.name),
    )


def _drift(node: Node, cut: Cut) -> Months:
    """Return what the children have beyond the node's curve, by month; 0 where it is rounding."""
    curve = node.shape if node.shape is not None and any(node.shape) else cut.shape
    own = [
        tuple(has - due for has, due in zip(each.months, straight, strict=True))
        for each in node.children
        if (straight := spread(each.amount, curve, cut.unit)) != each.months
    ]
    slack = ROUNDED * cut.unit * len(own)
    sums = (sum(month, Decimal(0)) for month in zip(*own, strict=True)) if own else ()
    return tuple(by if abs(by) > slack else Decimal(0) for by in sums)
