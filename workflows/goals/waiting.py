"""What waits for somebody in goals: to propose, answer, settle or approve, a plan to approve."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import is_member_now, may, may_everywhere, people
from workflows.goals.offered import WITH_MANAGER, WITH_NEXT, WITH_PERSON, read
from workflows.goals.tables import Goal, GoalNode, GoalOffer, GoalPlan, GoalVersion
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
        found += _to_propose(session, led)
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


def _to_propose(session: Session, whose: ColumnElement[bool]) -> list[Task]:
    """Give the goals of the newest version that were not proposed as they are now.

    In a version that is approved already only where goals are proposed at all: a plan may do
    without.
    """
    open_ones: defaultdict[int, int] = defaultdict(int)
    since: dict[int, datetime] = {}
    for year, begun, planned, offered in _planned(session, whose):
        if offered is None or sum(read(offered), Decimal(0)) != planned:
            open_ones[year] += 1
            since[year] = begun
    message = N_("{count} goals of {year} wait for you to propose them")
    return [
        Task(message, f"/goals/{year}/team", since[year], params={"year": year, "count": count})
        for year, count in open_ones.items()
    ]


def _planned(
    session: Session, whose: ColumnElement[bool]
) -> list[tuple[int, datetime, Decimal, list[str] | None]]:
    """Return what people have of each goal: the year, since when, how much, what was offered."""
    later, any_offer = aliased(GoalVersion), aliased(GoalOffer)
    newest = ~select(later.id).where(
        later.plan_id == GoalVersion.plan_id, later.seq > GoalVersion.seq
    ).exists()  # fmt: skip
    negotiated = select(any_offer.id).where(any_offer.version_id == GoalVersion.id).exists()
    offered = and_(
        GoalOffer.version_id == GoalNode.version_id,
        GoalOffer.goal_id == GoalNode.goal_id,
        GoalOffer.person_id == GoalNode.person_id,
    )
    rows = session.execute(
        select(
            GoalPlan.year, GoalVersion.created_at, GoalVersion.approved_at,
            Goal.id, Goal.adds, GoalNode.person_id, GoalNode.amount, GoalOffer.amounts,
        )
        .select_from(GoalNode)
        .join(Goal, Goal.id == GoalNode.goal_id)
        .join(GoalVersion, GoalVersion.id == GoalNode.version_id)
        .join(GoalVersion.plan)
        .join(Person, Person.id == GoalNode.person_id)
        .outerjoin(GoalOffer, offered)
        .where(
            GoalNode.kind == "person",
            or_(
                GoalVersion.state == "draft", (GoalVersion.state == "approved") & negotiated
            ),
            newest,
            whose,
        )
        .order_by(GoalNode.id)
    )  # fmt: skip
    found: dict[tuple[int, int], Any] = {}
    for year, created, approved, goal, adds, person, amount, offer in rows:
        there = found.get((goal, person))
        if there is None:
            found[goal, person] = (year, approved or created, amount, offer)
        elif adds:
            found[goal, person] = (*there[:2], there[2] + amount, offer)
    return list(found.values())


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
        is_member_now(actor),
    )
    return Person.id.in_(
        select(Membership.person_id).where(
            Membership.unit_id.in_(managed),
            Membership.role == "member",
            is_member_now(actor),
        )
    )


def _not_settled_by(actor: Actor) -> ColumnElement[bool]:
    return GoalOffer.settler_id.is_distinct_from(actor.account_id)
