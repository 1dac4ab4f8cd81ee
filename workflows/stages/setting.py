"""Setting what a stage's time brings when reviews come into it, and dropping it when they leave.

Parts of the operations that open cycles and move reviews, in their transactions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.model import Policy
from engine.stages import detail_of
from workflows.calendar.working import calendar_of
from workflows.cycles.tables import Cycle
from workflows.reviews.since import last_moves
from workflows.reviews.tables import Review
from workflows.stages.planning import Period, Times, times_of
from workflows.timers.operations import Waiting, add_timers, drop_timers_of, new_timer
from workflows.timers.tables import Timer

REMINDER, DEADLINE, ESCALATION = "stage_reminder", "stage_deadline", "stage_escalation"
KINDS = (REMINDER, DEADLINE, ESCALATION)


def times_in(
    session: Session, policy: Policy, cycle: Cycle, stage: str, entered: datetime, now: datetime
) -> Times | None:
    """Return the times of a stage of the cycle for reviews that came into it at ``entered``."""
    detail = detail_of(policy, stage)
    if detail is None or detail.deadline is None:
        return None  # and the calendar need not be read
    period = Period(cycle.starts_on, cycle.ends_on)
    return times_of(detail, calendar_of(session), period, entered, now)


def set_times(session: Session, reviews: Iterable[Review], times: Times | None) -> None:
    """Set timers for reviews that have just come to where they are: all of them once."""
    if times is not None:
        add_timers(session, [timer for review in reviews for timer in _timers(review, times)])


def hold_times(session: Session, public_ids: Iterable[str]) -> None:
    """Hold the timers of reviews until the transaction's end, so that none fires meanwhile."""
    owners = [f"review:{public_id}" for public_id in public_ids]
    held = select(Timer.id).where(Timer.belongs_to.in_(owners), Timer.state == "set")
    session.execute(held.order_by(Timer.id).with_for_update()).all()


def drop_times(session: Session, now: datetime, reviews: Collection[Review]) -> None:
    """Drop what still waits for these reviews to be late; before they are moved, never after.

    Whoever fires a timer holds it and then takes the review: here the order is the same.
    """
    drop_timers_of(session, now, [_owner(review) for review in reviews])


def reset_times(
    session: Session, now: datetime, cycle: Cycle, policy: Policy, reviews: Collection[Review]
) -> None:
    """Set all times of a cycle anew, as ``policy`` has them, from when reviews came to a stage."""
    drop_times(session, now, reviews)
    entered = last_moves(session, reviews)
    known: dict[tuple[str, datetime], Times | None] = {}
    for review in reviews:
        at = (review.stage, entered.get(review.id, cycle.opened_at))
        if at not in known:
            known[at] = times_in(session, policy, cycle, *at, now)
        times = known[at]
        review.due_at = times.due_at if times else None
        set_times(session, [review], times)


def _timers(review: Review, times: Times) -> Iterable[Waiting]:
    about = {"review": review.public_id, "stage": review.stage, "day": times.day.isoformat()}
    yield _timer(review, DEADLINE, "", times.due_at, about)
    for at in times.remind_at:
        yield _timer(review, REMINDER, at.isoformat(), at, about)
    if times.escalate_at is not None:
        yield _timer(review, ESCALATION, "", times.escalate_at, about)


def _timer(
    review: Review, kind: str, which: str, due_at: datetime, about: Mapping[str, str]
) -> Waiting:
    # A review comes into a stage once with a version, and a cycle is put under rules once with one.
    key = f"{review.public_id}:{review.version}:{review.cycle.version}:{which}"
    return new_timer(kind, key, due_at, about, _owner(review))


def _owner(review: Review) -> str:
    return f"review:{review.public_id}"
