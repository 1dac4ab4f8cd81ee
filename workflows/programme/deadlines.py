"""Whether a quarter's deadlines were kept, and how long reviews stayed in each stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median_low

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.stages import detail_of
from workflows.closing.tables import ReviewHold
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review, ReviewMove
from workflows.timers.tables import Timer

# Timers that are the deadline of a stage; what they are about names the review and the stage.
DEADLINES = ("stage_deadline",)
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class StageTime:
    """A stage over all reviews of the quarter.

    ``left`` have left it; ``median`` and ``longest`` are whole days in it, rounded down. ``kept``
    and ``missed`` are deadlines; both are 0 where the stage has none.
    """

    stage: str
    left: int
    median: Decimal
    longest: Decimal
    kept: int
    missed: int


def stage_times(session: Session, cycles: Sequence[Cycle]) -> list[StageTime]:
    """Return each stage that any review left, in the order of the policies' stages."""
    reviews = {
        review.id: review
        for review in session.scalars(
            select(Review).where(Review.cycle_id.in_([cycle.id for cycle in cycles]))
        )
    }
    opened = {cycle.id: cycle.opened_at for cycle in cycles}
    days = _days(session, reviews, opened)
    kept, missed = _deadlines(session, reviews)
    stages = in_order(dict.fromkeys([*days, *kept, *missed]), cycles)
    return [
        StageTime(
            stage,
            len(days.get(stage, [])),
            Decimal(median_low(days[stage])) if days.get(stage) else Decimal(0),
            Decimal(max(days.get(stage, [0]))),
            kept.get(stage, 0),
            missed.get(stage, 0),
        )
        for stage in stages
    ]


def in_order(met: Iterable[str], cycles: Sequence[Cycle]) -> list[str]:
    """Return the stages as the policies have them; the longest policy leads."""
    order: list[str] = []
    workflows = (policy_of(cycle).workflow for cycle in cycles)
    for stages in sorted((each.stages for each in workflows if each), key=len, reverse=True):
        place = 0
        for stage in stages:
            if stage in order:
                place = order.index(stage) + 1
            else:
                order.insert(place, stage)
                place += 1
    known = {stage: place for place, stage in enumerate(order)}
    return sorted(met, key=lambda stage: known.get(stage, len(known)))


def _days(
    session: Session, reviews: Mapping[int, Review], opened: Mapping[int, datetime]
) -> dict[str, list[int]]:
    """Return the days that reviews were in each stage that they left, by stage."""
    entered = {review.id: opened[review.cycle_id] for review in reviews.values()}
    found: dict[str, list[int]] = {}
    moves = session.scalars(
        select(ReviewMove).where(ReviewMove.review_id.in_(reviews)).order_by(ReviewMove.id)
    )
    for move in moves:
        there = move.moved_at - entered[move.review_id]
        found.setdefault(move.from_stage, []).append(int(there.total_seconds()) // _DAY)
        entered[move.review_id] = move.moved_at
    return found


def _deadlines(
    session: Session, reviews: Mapping[int, Review]
) -> tuple[dict[str, int], dict[str, int]]:
    """Count the deadlines that were kept (nothing waited any more) and those that passed.

    One at which silence moved the review on, as the policy has it, is kept. One that passed while
    the review was held back is neither.
    """
    kept: dict[str, int] = {}
    missed: dict[str, int] = {}
    known = {review.public_id for review in reviews.values()}
    silent = _moved_by_silence(session, reviews)
    holds = _holds(session, reviews)
    ended = select(Timer).where(Timer.kind.in_(DEADLINES), Timer.state.in_(("done", "dropped")))
    for timer in session.scalars(ended.order_by(Timer.id)):
        review, stage = timer.about.get("review"), str(timer.about.get("stage", ""))
        if review not in known:
            continue
        if timer.state == "done":
            is_kept = (review, stage) in silent
        else:
            is_kept = timer.ended_at is None or timer.ended_at <= timer.due_at
        if not is_kept and any(hold.covers(timer.due_at) for hold in holds.get(review, ())):
            continue
        counts = kept if is_kept else missed
        counts[stage] = counts.get(stage, 0) + 1
    return kept, missed


def _holds(session: Session, reviews: Mapping[int, Review]) -> dict[str, list[ReviewHold]]:
    """Return what has held reviews back, by their public id."""
    found: dict[str, list[ReviewHold]] = {}
    for hold in session.scalars(select(ReviewHold).where(ReviewHold.review_id.in_(reviews))):
        found.setdefault(reviews[hold.review_id].public_id, []).append(hold)
    return found


def _moved_by_silence(session: Session, reviews: Mapping[int, Review]) -> set[tuple[str, str]]:
    """Return which reviews, by public id, left which stages by nobody's act but silence."""
    moves = session.execute(
        select(ReviewMove.review_id, ReviewMove.from_stage, ReviewMove.transition).where(
            ReviewMove.review_id.in_(reviews), ReviewMove.actor_id.is_(None)
        )
    )
    return {
        (reviews[review_id].public_id, stage)
        for review_id, stage, transition in moves
        if _is_silence(reviews[review_id], stage, transition)
    }


def _is_silence(review: Review, stage: str, transition: str) -> bool:
    detail = detail_of(policy_of(review.cycle), stage)
    return detail is not None and detail.silence == transition
