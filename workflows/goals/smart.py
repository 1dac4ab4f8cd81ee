"""Whether a goal says what a goal has to: a check of its fields, never a guess at its words."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import N_, Fault, Place
from workflows.goals.tables import Goal

# What is missing, and what to write there.
_FIELDS = {
    "what": (
        N_("“{title}” does not say what is to be done."),
        N_("Write it in its own words: more new customers, in which market."),
    ),
    "measure": (
        N_("“{title}” does not say what it is measured by."),
        N_("Name the figure: sales, new customers, market share."),
    ),
    "quantity": (
        N_("“{title}” does not say how much."),
        N_("Give the number with its unit: 10 %, 5 a month, 1,000,000 CNY."),
    ),
    "due_on": (
        N_("“{title}” does not say by when."),
        N_("Give the day on which it is looked at."),
    ),
    "parent": (
        N_("“{title}” is aligned to nothing: it has no goal above it."),
        N_("Choose the goal it serves; for a company goal, write the strategy it comes from."),
    ),
}


def missing(goal: Goal) -> tuple[str, ...]:
    """Return the fields that say nothing yet, of: what, measure, quantity, due_on, parent."""
    return tuple(_empty(goal))


def missing_faults(goal: Goal) -> list[Fault]:
    """Return what is missing in words, a fault a field."""
    return [
        Fault(f"goals.smart.{name}", *_FIELDS[name], {"title": goal.title}, Place(path=goal.code))
        for name in missing(goal)
    ]


def _empty(goal: Goal) -> Iterator[str]:
    if not goal.what.strip():
        yield "what"
    if not goal.measure.strip():
        yield "measure"
    if goal.quantity is None or not goal.unit.strip():
        yield "quantity"
    if goal.due_on is None:
        yield "due_on"
    if goal.parent_id is None and not goal.strategy.strip():
        yield "parent"
