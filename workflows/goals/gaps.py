"""Where a goal's tree does not reconcile: which node, by how much, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.errors import N_, Fault, Place
from engine.plain import plain_number
from workflows.goals.tree import ZERO, Node


@dataclass(frozen=True, slots=True)
class Gap:
    """A node whose children and reserve are ``by`` more (or less) than there is to share out."""

    node: Node
    by: Decimal


def gaps(root: Node) -> list[Gap]:
    """Return every node that does not reconcile, from the top."""
    found = []
    for node in root.walk():
        if node.split is None or not node.children:
            continue
        if node.split.whole:
            off = next((each.amount - node.total for each in node.children
                        if each.amount != node.total), ZERO)  # fmt: skip
        else:
            off = node.shared_out + node.split.reserve - node.total
        if off:
            found.append(Gap(node, off))
    return found


def fault_of(gap: Gap) -> Fault:
    """Say what does not reconcile: which node, by how much, what to do."""
    over = gap.by > 0
    return Fault(
        "goals.gap",
        N_("{name} does not reconcile: {by} more is given out below it than the {total} there is.")
        if over
        else N_("{name} does not reconcile: {by} of {total} is shared out to nobody."),
        N_("Lower a figure or the reserve below it, or raise its own amount or factor.")
        if over
        else N_("Raise a figure below it, or put the difference into its reserve."),
        {
            "name": gap.node.name,
            "by": plain_number(abs(gap.by)),
            "total": plain_number(gap.node.total),
        },
        Place(path=gap.node.name),
    )  # fmt: skip
