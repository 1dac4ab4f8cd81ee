"""What waits for somebody in goals: an answer, a settlement, an approval, a plan to approve."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import holds, may, may_everywhere, people
from workflows.goals.offers import WITH_MANAGER, WITH_NEXT, WITH_PERSON
from workflows.goals.tables import GoalOffer, GoalPlan, GoalVersion
from workflows.org.tables import Membership, Person
from workflows.tasks.task import Task


def goal_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what waits for the actor in goals, a task a plan and kind of thing."""
    found = []
    if may(actor, "answer_goals"):
        own = people(actor, "answer_goals")
        found += _tasks(
            session, WITH_PERSON, own, N_("{count} goals of {year} wait for your answer"), "mine"
        )
    if may(actor, "propose_goals"):
        led = people(actor, "propose_goals") & _led_by(actor)
        found += _tasks(
            session, WITH_MANAGER, led, N_("{count} goals of {year} wait for you to settle"), "team"
        )
    if may(actor, "agree_goals"):
        below = people(actor, "agree_goals") & ~_led_by(actor) & _not_settled_by(actor)
        found += _tasks(
            session, WITH_NEXT, below, N_("{count} goals of {year} wait for your approval"), "team"
        )
    if may_everywhere(actor, "approve_goal_plan"):
        found += _plans(session, actor, now)
    return found


def _tasks(
    session: Session, states: tuple[str, ...], whose: ColumnElement[bool], message: str, page: str
) -> list[Task]:
    rows = session.execute(
        select(GoalPlan.year, func.count(), func.min(GoalOffer.since))
        .select_from(GoalOffer)
        .join(GoalOffer.goal_version)
        .join(GoalVersion.plan)
        .join(Person, Person.id == GoalOffer.person_id)
        .where(
            GoalOffer.state.in_(states),
            GoalVersion.state.in_(("draft", "approved")),
            whose,
        )
        .group_by(GoalPlan.year)
    )
    return [
        Task(message, f"/goals/{year}/{page}", since, params={"year": year, "count": count})
        for year, count, since in rows
    ]


def _plans(session: Session, actor: Actor, now: datetime) -> list[Task]:
    rows = session.execute(
        select(GoalPlan.year, GoalVersion.submitted_at)
        .join(GoalVersion, GoalVersion.plan_id == GoalPlan.id)
        .where(
            GoalVersion.state == "submitted",
            GoalVersion.submitter_id.is_distinct_from(actor.account_id),
        )
    )
    return [
        Task(
            N_("The goal plan of {year} waits for your approval"),
            f"/goals/{year}",
            since or now,
            params={"year": year},
        )
        for year, since in rows
    ]


def _led_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that holds for those in a unit which the actor manages themselves."""
    if actor.person_id is None:
        return false()
    managed = select(Membership.unit_id).where(
        Membership.person_id == actor.person_id,
        Membership.role == "manager",
        holds(actor),
    )
    return Person.id.in_(
        select(Membership.person_id).where(
            Membership.unit_id.in_(managed),
            Membership.role == "member",
            holds(actor),
        )
    )


def _not_settled_by(actor: Actor) -> ColumnElement[bool]:
    return GoalOffer.settler_id.is_distinct_from(actor.account_id)
