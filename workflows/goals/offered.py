"""What is offered to a person of a goal: its figures, and for whom it waits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.plain import plain_number
from workflows.goals.shape import quarters_of
from workflows.goals.store import Tree
from workflows.goals.tables import GoalOffer
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
    if not nodes:
        return None
    if not tree.goal.adds:
        return (nodes[0].amount,)
    if tree.goal.span == "year":
        return (sum((node.amount for node in nodes), Decimal(0)),)
    quarters = zip(*(quarters_of(node.months) for node in nodes), strict=True)
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
