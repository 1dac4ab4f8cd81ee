"""Sharing a node's amount out anew, all the way down: what is kept stays, the rest follows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.plain import plain_number
from workflows.goals.dividing import divided
from workflows.goals.shape import EVEN, Months, rounded, spread, weights
from workflows.goals.tree import ZERO, Cut, Node, Split
from workflows.targets.cascade import apportion


def recut(node: Node, amount: Decimal, cut: Cut) -> Node:
    """Give a node its amount and share it out anew below; what is kept stays as it is.

    Raises ``KaohengError`` (CONFLICT) where what is locked or given by hand leaves no way, naming
    it, and by how much.
    """
    node = replace(node, amount=amount)
    if node.split is not None and node.children:
        node = _shared(node, node.split, cut)
    node = replace(node, months=_months(node, cut))
    return divided(node, cut) if node.personal and node.children else node


def _shared(node: Node, split: Split, cut: Cut) -> Node:
    total = node.total
    if split.whole:
        kept = [each for each in node.children if each.locked and each.amount != total]
        if kept:
            raise no_way(node, total - kept[0].amount, kept)
        return replace(node, children=tuple(recut(each, total, cut) for each in node.children))
    if split.rate is not None:
        split = replace(split, reserve=rounded(total * split.rate, split.unit))
    rest = total - split.reserve
    free = _free(node, rest)
    kept = [each for each in node.children if each.key not in free]
    rest -= sum((each.amount for each in kept), ZERO)
    claims = weights(list(free.values()))
    if rest < 0 or (rest and not any(claims)):
        raise no_way(node, rest, kept)
    shares = apportion(rest, claims, split.unit) if any(claims) else [ZERO] * len(free)
    share = dict(zip(free, shares, strict=True))
    children = [recut(each, share[each.key], cut) if each.key in share else each
                for each in node.children]  # fmt: skip
    return replace(node, split=split, children=tuple(children))


def _free(node: Node, total: Decimal) -> dict[int, Decimal]:
    """Return the claims of those children that make up the difference, by key."""
    by_ratio = {each.key: each.ratio for each in node.children if not each.is_kept}
    if any(by_ratio.values()) or sum((c.amount for c in node.children if c.is_kept), ZERO) == total:
        return by_ratio
    by_hand = [each for each in node.children if each.given and not (each.locked or each.firm)]
    return by_ratio | {each.key: each.amount or each.ratio for each in by_hand}


def _months(node: Node, cut: Cut) -> Months:
    if not cut.adds:
        return (node.amount,) * len(EVEN)
    if node.months and sum(node.months) == node.amount:
        return node.months
    own = node.shape if node.shape is not None and any(node.shape) else cut.shape
    return spread(node.amount, own, cut.unit)


def no_way(node: Node, rest: Decimal, kept: list[Node]) -> KaohengError:
    """Build the refusal of a cut: what stands in its way, and by how much."""
    locked = [each.name for each in kept if each.locked]
    by_hand = [each.name for each in kept if not each.locked]
    params = {
        "name": node.name,
        "by": plain_number(abs(rest)),
        "locked": ", ".join(locked) or "–",
        "given": ", ".join(by_hand) or "–",
    }
    message = (
        N_("Below {name}, {by} too much is given out. Locked: {locked}. By hand: {given}.")
        if rest < 0
        else N_("Below {name}, {by} would go to nobody. Locked: {locked}. By hand: {given}.")
    )
    return refuse(
        "goals.no_way",
        message,
        N_("Unlock one of them, give one its ratio back, or change the reserve."),
        kind=Kind.CONFLICT,
        place=Place(path=node.name),
        **params,
    )
