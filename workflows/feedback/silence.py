"""Silence: a conversation that its person does not answer in time counts as taken note of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workflows.access.actors import SYSTEM
from workflows.base.conditional import change_if
from workflows.closing.arriving import seal_when_ready
from workflows.cycles.claiming import claim_cycle
from workflows.feedback.tables import FeedbackTalk
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.tables import Review
from workflows.timers.operations import drop_timer, set_timer
from workflows.timers.registry import timer

_SILENCE = "feedback_silence"


def await_answer(session: Session, review: Review, until: datetime) -> None:
    """Have silence until this time count as an answer; each conversation has its own time."""
    set_timer(session, _SILENCE, _key(review, until), until, {"review": review.public_id})


def no_more_silence(
    session: Session, now: datetime, review: Review, until: datetime | None
) -> None:
    """Let silence until this time count no more: there is an answer, or another conversation."""
    if until is not None:
        drop_timer(session, now, _SILENCE, _key(review, until))


def _key(review: Review, until: datetime) -> str:
    return f"{review.public_id} {until.isoformat()}"


@timer(_SILENCE)
def _taken_note(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    review = session.scalars(select(Review).where(Review.public_id == about["review"])).one()
    claim_cycle(session, review.cycle)
    silent = change_if(
        session,
        update(FeedbackTalk)
        .where(
            FeedbackTalk.review_id == review.id,
            FeedbackTalk.held_on.is_not(None),
            FeedbackTalk.silent_after <= due_at,
            FeedbackTalk.acknowledged_at.is_(None),
        )
        .values(acknowledged_at=due_at, version=FeedbackTalk.version + 1),
    )
    if not silent:
        return
    append(
        session,
        action="feedback_by_silence",
        actor=SYSTEM,
        subject=Subject("review", review.public_id),
        at=due_at,
    )
    seal_when_ready(session, SYSTEM, due_at, [review])
