"""Appeals that wait for somebody: a handler to be named, an answer, an approval."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may, people
from workflows.appeals.tables import ACCEPTED, PROPOSED, SUBMITTED, Appeal
from workflows.reviews.tables import Review
from workflows.tasks.task import Task

_NAME = N_("Name who handles the appeal of {person}.")
_ANSWER = N_("Answer the appeal of {person}.")
_APPROVE = N_("Decide on the correction after the appeal of {person}.")


def appeals_waiting(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return what waits for the actor, in one statement."""
    whose = _whose(actor)
    if not whose:
        return []
    rows = session.scalars(
        select(Appeal)
        .join(Appeal.review)
        .join(Review.person)
        .options(contains_eager(Appeal.review).contains_eager(Review.person))
        .where(or_(*whose))
        .order_by(Appeal.answer_due)
    )
    return [_task(appeal) for appeal in rows]


def _whose(actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions under which an appeal waits for the actor."""
    found: list[ColumnElement[bool]] = []
    if may(actor, "assign_appeal"):
        unnamed = (Appeal.state == SUBMITTED) & Appeal.handler_id.is_(None)
        found.append(unnamed & people(actor, "assign_appeal"))
    if may(actor, "handle_appeal") and actor.account_id and actor.on_behalf_of is None:
        named = Appeal.handler_id == actor.account_id
        found.append(named & Appeal.state.in_((SUBMITTED, ACCEPTED)))
    if may(actor, "approve_correction"):
        others = or_(Appeal.handler_id != actor.account_id, Appeal.handler_id.is_(None))
        found.append((Appeal.state == PROPOSED) & others & people(actor, "approve_correction"))
    return found


def _task(appeal: Appeal) -> Task:
    message = _APPROVE if appeal.state == PROPOSED else _ANSWER
    if appeal.handler_id is None:
        message = _NAME
    return Task(
        message,
        f"/appeals/{appeal.public_id}",
        appeal.submitted_at,
        appeal.answer_due,
        {"person": appeal.review.person.name},
    )
