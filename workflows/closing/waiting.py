"""What of closing waits for somebody: a review held back, a proposal to open one again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may, people
from workflows.closing.reopening import OPEN
from workflows.closing.tables import Reopening, ReviewHold
from workflows.reviews.tables import Review
from workflows.tasks.task import Task


def closing_waits(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return what waits for the actor: reopenings to decide on, reviews that HR holds back."""
    return _reopenings(session, actor) + _holds(session, actor)


def _reopenings(session: Session, actor: Actor) -> list[Task]:
    if not may(actor, "approve_reopening"):
        return []
    rows = session.scalars(
        select(Reopening)
        .join(Reopening.review)
        .join(Review.person)
        .options(contains_eager(Reopening.review).contains_eager(Review.person))
        .where(Reopening.state == OPEN, people(actor, "approve_reopening"))
        .order_by(Reopening.id)
    )
    return [
        Task(
            N_("Decide whether the review of {person} is opened again."),
            f"/reviews/{each.review.public_id}/closing",
            each.proposed_at,
            params={"person": each.review.person.name},
        )
        for each in rows
    ]


def _holds(session: Session, actor: Actor) -> list[Task]:
    if not may(actor, "hold_review"):
        return []
    rows = session.scalars(
        select(ReviewHold)
        .join(ReviewHold.review)
        .join(Review.person)
        .options(contains_eager(ReviewHold.review).contains_eager(Review.person))
        .where(ReviewHold.released_at.is_(None), people(actor, "hold_review"))
        .order_by(ReviewHold.id)
    )
    return [
        Task(
            N_("Release the review of {person}, or settle what it is held back for."),
            f"/reviews/{each.review.public_id}/closing",
            each.held_at,
            params={"person": each.review.person.name},
        )
        for each in rows
    ]
