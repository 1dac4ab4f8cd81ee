"""The months of what a person's goal is made up of: each month adds up to the person's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from workflows.goals.shape import Months, spread
from workflows.goals.tree import ZERO, Cut, Node


def divided(node: Node, cut: Cut) -> Node:
    """Give what a person is made up of its months, so that each month adds up to the person's.

    Where one of them has months or a curve of its own, the person's months are their sum instead.
    """
    own = any(each.shape for child in node.children for each in child.walk())
    parts = None if own or not cut.adds else _columns(node, cut.unit)
    if parts is None:
        months = tuple(sum(m, ZERO) for m in zip(*(c.months for c in node.children), strict=True))
        return replace(node, months=months if cut.adds else node.months)
    children = (replace(c, months=months) for c, months in zip(node.children, parts, strict=True))
    return replace(
        node, children=tuple(divided(each, cut) if each.children else each for each in children)
    )


def _columns(node: Node, unit: Decimal) -> list[Months] | None:
    """Return months for each child: rows add up to the child, columns to the node's months.

    Each running sum of children is shared out over the months; a child's are the differences of
    two. None where rounding would take a unit from a month that has none.
    """
    if not any(node.months):
        return None
    before: Months = (ZERO,) * len(node.months)
    sofar, found = ZERO, []
    for child in node.children:
        sofar += child.amount
        until = spread(sofar, node.months, unit)
        found.append(tuple(a - b for a, b in zip(until, before, strict=True)))
        before = until
    whole = before == node.months and all(month >= 0 for months in found for month in months)
    return found if whole else None
