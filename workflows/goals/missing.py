"""Who has no target of the plan in a cycle, and how they are treated: listed, never in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.goals.plans import approved_version
from workflows.goals.tables import Goal, GoalNode, TargetOrigin
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.targets.tables import Target


@dataclass(frozen=True, slots=True)
class Missing:
    """A person without a figure of their own; ``amount`` is what stands in, if anything does.

    ``treatment``: ``pending`` (no score until there is one) or ``average`` (of their unit).
    """

    person: Person
    goal: Goal
    amount: Decimal | None

    @property
    def name(self) -> str:
        return self.goal.code

    @property
    def treatment(self) -> str:
        return self.goal.if_missing


@dataclass(frozen=True, slots=True)
class MissingIn:
    """Who has no figure in a cycle, by person's code."""

    cycle: Cycle
    people: list[Missing]


def missing_targets(session: Session, actor: Actor, cycle: Cycle) -> list[Missing]:
    """Return those of the cycle whom the actor may see and to whom the plan gives no figure."""
    allow(actor, "list_targets")
    version = approved_version(session, cycle.starts_on.year)
    if version is None:
        return []
    names = [rule.code for rule in policy_of(cycle).targets]
    has_tree = select(GoalNode.goal_id).where(GoalNode.version_id == version.id)
    given = aliased(Target)
    from_plan = select(TargetOrigin.id).where(TargetOrigin.target_id == given.id).exists()
    rows = session.execute(
        select(Person, Goal, given.amount)
        .select_from(Review)
        .join(Person, Person.id == Review.person_id)
        .join(Goal, Goal.id.in_(has_tree) & Goal.code.in_(names))
        .outerjoin(
            given,
            (given.cycle_id == cycle.id)
            & (given.person_id == Person.id)
            & (given.name == Goal.code),
        )
        .where(Review.cycle_id == cycle.id, people(actor, "list_targets"), ~from_plan)
        .order_by(Person.code, Goal.id)
    )
    return [Missing(person, goal, amount) for person, goal, amount in rows]


def missing_in_year(session: Session, actor: Actor, year: int) -> list[MissingIn]:
    """Return the cycles that begin in a year with those who have no figure in them."""
    allow(actor, "list_targets")
    cycles = session.scalars(
        select(Cycle)
        .where(Cycle.starts_on >= date(year, 1, 1), Cycle.starts_on < date(year + 1, 1, 1))
        .order_by(Cycle.starts_on, Cycle.code)
    )
    return [MissingIn(cycle, missing_targets(session, actor, cycle)) for cycle in cycles]


def missing_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return ``missing_targets`` as rows to print."""
    return [
        {
            "person": each.person.code,
            "target": each.name,
            "measure": each.goal.measure or None,
            "period": cycle.period,
            "treatment": each.treatment,
            "amount": each.amount,
        }
        for each in missing_targets(session, actor, cycle)
    ]
