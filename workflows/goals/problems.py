"""What is to be looked at in a plan's version: what does not reconcile, what goals do not say."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from engine.errors import Fault
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.goals.gaps import fault_of, gaps
from workflows.goals.market import counted_twice
from workflows.goals.months import drift_fault, drifts
from workflows.goals.reading import visible_keys
from workflows.goals.smart import missing_faults
from workflows.goals.store import Tree, load_trees
from workflows.goals.tables import Goal, GoalVersion
from workflows.goals.tree import Node


def problems(
    session: Session, actor: Actor, version: GoalVersion, goals: Iterable[Goal]
) -> list[Fault]:
    """Return what is to be looked at in a version: gaps, unclear goals, the market twice."""
    allow_everywhere(actor, "read_goals")
    trees = load_trees(session, version)
    return [
        *(fault for tree in trees for fault in unreconciled(session, actor, tree)),
        *(fault for goal in goals for fault in missing_faults(goal)),
        *counted_twice(session, trees),
    ]


def unreconciled(session: Session, actor: Actor, tree: Tree) -> list[Fault]:
    """Return where a goal does not reconcile, by the year and by its months.

    Only of nodes whose children the actor sees all: a difference would tell the others' figures.
    """
    seen = visible_keys(session, actor, tree)
    year = tree.goal.plan.year
    return [
        *(fault_of(gap) for gap in gaps(tree.root) if _sees_all(seen, gap.node)),
        *(
            drift_fault(drift, year)
            for drift in drifts(tree.root, tree.cut)
            if _sees_all(seen, drift.node)
        ),
    ]


def _sees_all(seen: set[int] | None, node: Node) -> bool:
    return seen is None or {node.key, *(each.key for each in node.children)} <= seen
