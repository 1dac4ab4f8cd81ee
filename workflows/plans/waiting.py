"""What waits for somebody in plans: to agree, to draft what was granted, to evaluate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import is_member_now, may, people
from workflows.access.policy import Role
from workflows.base.clock import day_of
from workflows.incentives.tables import LedgerEntry
from workflows.org.tables import Membership, Person
from workflows.plans.tables import Plan
from workflows.reviews.tables import Review
from workflows.tasks.task import Task


def plan_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return the plans that wait for the actor, and the grants of a plan that has none yet."""
    return [*_to_agree(session, actor), *_to_go_on(session, actor, now), *_to_draft(session, actor)]


def _to_agree(session: Session, actor: Actor) -> list[Task]:
    if not may(actor, "agree_plan") or actor.person_id is None:
        return []
    own: ColumnElement[bool] = and_(
        Plan.person_id == actor.oneself, Plan.person_agreed_at.is_(None)
    )
    waits = own
    if _leads(actor):
        theirs = and_(
            Plan.manager_agreed_at.is_(None),
            people(actor, "agree_plan"),
            _led_by(actor),
        )
        waits = or_(own, theirs)
    rows = _plans(session, Plan.state == "draft", waits)
    message = N_("Agree to the plan for {person}, or say what should change")
    return [_task(message, plan, person, plan.drafted_at) for plan, person in rows]


def _to_go_on(session: Session, actor: Actor, now: datetime) -> list[Task]:
    if not _leads(actor):
        return []
    mine = and_(people(actor, "draft_plan"), _led_by(actor))
    day = day_of(session, now)
    agreed = and_(Plan.state == "agreed", Plan.starts_on <= day)
    over = and_(Plan.state == "running", Plan.ends_on <= day)
    begin, evaluate = N_("Begin the plan for {person}"), N_("Evaluate the plan for {person}")
    return [
        _task(begin, plan, person, plan.manager_agreed_at or now)
        if plan.state == "agreed"
        else _task(evaluate, plan, person, plan.started_at or now)
        for plan, person in _plans(session, or_(agreed, over), mine)
    ]


def _to_draft(session: Session, actor: Actor) -> list[Task]:
    """Give the reviews whose rules granted a plan that nobody has drafted."""
    if not _leads(actor):
        return []
    rows = session.execute(
        select(LedgerEntry.entered_at, Review.public_id, Person.name)
        .join(Review, Review.id == LedgerEntry.review_id)
        .join(Person, Person.id == Review.person_id)
        .where(
            LedgerEntry.kind == "plan",
            people(actor, "draft_plan"),
            _led_by(actor),
            Review.id.not_in(select(Plan.review_id)),
        )
        .order_by(LedgerEntry.id)
    )
    return [
        Task(
            N_("Draft the improvement plan that was granted to {person}"),
            f"/reviews/{review}/plans",
            entered_at,
            params={"person": name},
        )
        for entered_at, review, name in rows
    ]


def _leads(actor: Actor) -> bool:
    """Whoever leads people moves their plans on; HR may, but it waits for nobody else."""
    leads = actor.has(Role.MANAGER) or actor.has(Role.SALES_DIRECTOR)
    return leads and actor.person_id is not None


def _led_by(actor: Actor) -> ColumnElement[bool]:
    """A manager leads those of their units; a sales director's are those who manage."""
    if actor.has(Role.MANAGER):
        return true()
    manages = select(Membership.person_id).where(Membership.role == "manager", is_member_now(actor))
    return Person.id.in_(manages)


def _plans(session: Session, *conditions: ColumnElement[bool]) -> list[tuple[Plan, str]]:
    rows: Any = session.execute(
        select(Plan, Person.name)
        .join(Person, Person.id == Plan.person_id)
        .where(*conditions)
        .order_by(Plan.id)
    )
    return [(plan, name) for plan, name in rows]


def _task(message: str, plan: Plan, person: str, since: datetime) -> Task:
    return Task(message, f"/plans/{plan.public_id}", since, params={"person": person})
