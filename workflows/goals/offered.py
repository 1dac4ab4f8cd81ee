"""What is offered to a person of a goal: its figures, and for whom it waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.plain import plain_number
from workflows.goals.shape import quarters_of
from workflows.goals.store import Tree
from workflows.goals.tables import Goal, GoalNode, GoalOffer, GoalVersion
from workflows.goals.targets import own_nodes

Amounts = tuple[Decimal, ...]
# For whom it waits: the person, their manager, or the level above.
WITH_PERSON = ("proposed",)
WITH_MANAGER = ("countered", "returned")
WITH_NEXT = ("accepted", "settled")
AGREED = ("accepted", "settled", "agreed")


def amounts_now(tree: Tree, person_id: int) -> Amounts | None:
    """Return what a person has of a goal: the year's amount, or the quarters', as it is agreed.

    None where the goal does not reach them.
    """
    nodes = own_nodes(tree, person_id)
    return _amounts(tree.goal, [tree.rows[node.key] for node in nodes]) if nodes else None


def amounts_of(session: Session, version: GoalVersion, person_id: int) -> dict[int, Amounts]:
    """Return what a person has of each goal that reaches them in a version, by the goal's id.

    The same as ``amounts_now``, without anybody else's nodes.
    """
    nodes = session.scalars(
        select(GoalNode)
        .where(GoalNode.version_id == version.id, GoalNode.person_id == person_id)
        .options(joinedload(GoalNode.goal))
    ).all()
    below = {node.id for node in nodes}
    own: defaultdict[Goal, list[GoalNode]] = defaultdict(list)
    for node in nodes:
        if node.parent_id not in below:
            own[node.goal].append(node)
    return {goal.id: _amounts(goal, uppermost) for goal, uppermost in own.items()}


def _amounts(goal: Goal, nodes: Sequence[GoalNode]) -> Amounts:
    if not goal.adds:
        return (min(nodes, key=lambda node: node.id).amount,)
    if goal.span == "year":
        return (sum((node.amount for node in nodes), Decimal(0)),)
    quarters = zip(*(quarters_of(read(node.months)) for node in nodes), strict=True)
    return tuple(sum(each, Decimal(0)) for each in quarters)


def read(values: Sequence[str]) -> Amounts:
    return tuple(Decimal(each) for each in values)


def texts(amounts: Amounts) -> list[str]:
    return [plain_number(each) for each in amounts]


def offers_of(session: Session, tree: Tree) -> list[GoalOffer]:
    """Return what is offered of a goal in its version."""
    return list(
        session.scalars(
            select(GoalOffer).where(
                GoalOffer.version_id == tree.version.id, GoalOffer.goal_id == tree.goal.id
            )
        )
    )
