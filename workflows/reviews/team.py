"""A team at a glance: its people in one cycle, with what was measured and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, selectinload

from engine.model import Policy, Transition
from workflows.access.actors import Actor
from workflows.access.decide import allow, people, roles_towards_each
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.scored import scored
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.figures import Figures, KpiRow, figures_of
from workflows.reviews.movers import Standing, standings_of
from workflows.reviews.moves import moves_for
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team. ``progress`` is the first KPI that has a target; ``moves`` are what the
    reader may do to the review now.
    """

    review: Review
    figures: Figures
    standing: Standing
    moves: tuple[Transition, ...]

    @property
    def progress(self) -> KpiRow | None:
        return next((kpi for kpi in self.figures.kpis if kpi.attainment), None)

    @property
    def grade(self) -> str | None:
        return self.review.calibrated_grade or self.figures.grade


def team_cycles(session: Session, actor: Actor) -> list[Cycle]:
    """Return the cycles in which the actor has a team, the latest period first."""
    allow(actor, "calibrate_review")
    in_team = (
        select(Review.cycle_id)
        .join(Person, Person.id == Review.person_id)
        .where(people(actor, "calibrate_review"))
    )
    return list(
        session.scalars(
            select(Cycle)
            .where(Cycle.id.in_(in_team))
            .order_by(Cycle.starts_on.desc(), Cycle.code)
            .options(selectinload(Cycle.policy_version).selectinload(PolicyVersion.policy))
        )
    )


def team_members(
    session: Session, actor: Actor, cycle: Cycle, order: str, on: date
) -> list[Member]:
    """Return the actor's people in ``cycle`` on a day, by ``order`` (``-total``: downwards)."""
    allow(actor, "calibrate_review")
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .where(
            Review.cycle_id == cycle.id,
            people(actor, "calibrate_review"),
            people(actor, "list_reviews"),
        )
        .order_by(Person.code)
        .options(contains_eager(Review.person), selectinload(Review.team))
    ).all()
    scope = scored(session, cycle)
    standings = standings_of(session, reviews, on)
    roles = roles_towards_each(session, actor, "move_review", {r.person_id for r in reviews})
    policy = pinned_policy(cycle)
    members = [
        Member(
            review,
            figures_of(scope, review.person.code),
            standings[review.id],
            tuple(moves_for(policy, review, roles[review.person_id])),
        )
        for review in reviews
    ]
    return _ordered(members, order)


def team_moves(policy: Policy, members: Sequence[Member]) -> list[Transition]:
    """Return every move that the reader may make of somebody in the team, those on first."""
    codes = {step.code for member in members for step in member.moves}
    steps = policy.workflow.transitions if policy.workflow else ()
    return sorted((step for step in steps if step.code in codes), key=lambda step: step.reason)


def _progress(member: Member) -> Decimal | None:
    kpi = member.progress
    return kpi.attainment.value if kpi and kpi.attainment else None


ORDERS: dict[str, Callable[[Member], Any]] = {
    "person": lambda member: member.review.person.name,
    "team": lambda member: member.review.team.name if member.review.team else None,
    "stage": lambda member: member.review.stage,
    "progress": _progress,
    "total": lambda member: member.figures.total,
    "grade": lambda member: member.grade,
    "since": lambda member: member.standing.since,
    "due": lambda member: member.standing.due,
}


def _ordered(members: list[Member], order: str) -> list[Member]:
    key = ORDERS.get(order.removeprefix("-"))
    if key is None:
        return members
    known = [member for member in members if key(member) is not None]
    unknown = [member for member in members if key(member) is None]
    return sorted(known, key=key, reverse=order.startswith("-")) + unknown
