"""Holding one review back, with a reason, so that it holds up nobody else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_person
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.closing.arriving import seal_when_ready
from workflows.closing.sealed import is_sealed_now
from workflows.closing.tables import ReviewHold
from workflows.cycles.claiming import claim_cycle
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called

# While the grants of an approval are being entered, and once all is sealed, nobody is held.
HOLDING_STATES = ("open", "locked", "approved")


def hold_review(
    session: Session, actor: Actor, now: datetime, review: Review, *, reason: str
) -> ReviewHold:
    """Keep a review back from the approval of results, or from its seal.

    Raises ``KaohengError``: ``DENIED``, ``INVALID`` without a reason, ``CONFLICT`` for one that
    is held or sealed already, or where the cycle is being approved or is sealed.
    """
    allow_person(session, actor, "hold_review", review.person_id)
    _require_reason(reason)
    _claim(session, review.cycle)
    if is_sealed_now(session, review):
        raise refuse(
            "closing.sealed_already",
            N_("The review of {person} is closed: there is nothing to hold back."),
            N_("Propose to open it again, with the reason."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    if open_hold(session, review) is not None:
        raise refuse(
            "closing.held_already",
            N_("The review of {person} is held back already."),
            N_("Release it first, or let it be."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    last = session.scalar(select(func.max(ReviewHold.seq)).where(ReviewHold.review_id == review.id))
    hold = ReviewHold(
        review_id=review.id,
        seq=(last or 0) + 1,
        reason=reason.strip(),
        held_by=actor.account_id,
        held_at=now,
    )
    session.add(hold)
    session.flush()
    _log(session, "hold_review", actor, now, review, reason)
    return hold


def release_review(
    session: Session, actor: Actor, now: datetime, review: Review, *, reason: str
) -> None:
    """Let a review go on; at the end of its way it is sealed there and then.

    Raises ``KaohengError`` as ``hold_review`` does, and where nothing holds it.
    """
    allow_person(session, actor, "hold_review", review.person_id)
    _require_reason(reason)
    _claim(session, review.cycle)
    released = change_if(
        session,
        update(ReviewHold)
        .where(ReviewHold.review_id == review.id, ReviewHold.released_at.is_(None))
        .values(released_by=actor.account_id, released_at=now, release_reason=reason.strip()),
    )
    if not released:
        raise refuse(
            "closing.not_held",
            N_("Nothing holds the review of {person} back."),
            N_("Somebody may have been first: look at it again."),
            kind=Kind.CONFLICT,
            person=review.person.code,
        )
    _log(session, "release_review", actor, now, review, reason)
    seal_when_ready(session, actor, now, [review])


def open_hold(session: Session, review: Review) -> ReviewHold | None:
    """Return what holds a review back now."""
    return session.scalar(
        select(ReviewHold).where(
            ReviewHold.review_id == review.id, ReviewHold.released_at.is_(None)
        )
    )


def is_held() -> ColumnElement[bool]:
    """Return the condition on ``Review`` that it is held back now."""
    return (
        select(ReviewHold.id)
        .where(ReviewHold.review_id == Review.id, ReviewHold.released_at.is_(None))
        .exists()
    )


def held_ids(session: Session, cycle: Cycle) -> frozenset[int]:
    """Return the ids of the cycle's reviews that are held back now."""
    return frozenset(
        session.scalars(select(Review.id).where(Review.cycle_id == cycle.id, is_held()))
    )


def _claim(session: Session, cycle: Cycle) -> None:
    """Hold the cycle still: who is held must not change while it is approved."""
    claim_cycle(session, cycle)
    if cycle.state not in HOLDING_STATES:
        raise refuse(
            "closing.not_now",
            N_("{cycle} is {state}: nothing is held back or released now."),
            N_("Wait until its grants are entered; open a closed review again instead."),
            kind=Kind.CONFLICT,
            cycle=cycle_called(cycle),
            state=state_named("cycles", cycle.state),
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise refuse(
            "closing.reason_needed",
            N_("Say why: the person concerned and the next reader will ask."),
            N_("Write the reason, such as a dispute that is still open."),
            place=Place(path="reason"),
        )


def _log(
    session: Session, action: str, actor: Actor, now: datetime, review: Review, reason: str
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        personal={"reason": reason.strip()},
        person=review.person.public_id,
    )
