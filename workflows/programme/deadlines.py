"""Whether a quarter's deadlines were kept, and how long reviews stayed in each stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median_low

from sqlalchemy import select
from sqlalchemy.orm import Session

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
    """Return each stage that any review left, in the order of the policies' stages as met."""
    reviews = {
        review.id: review
        for review in session.scalars(
            select(Review).where(Review.cycle_id.in_([cycle.id for cycle in cycles]))
        )
    }
    opened = {cycle.id: cycle.opened_at for cycle in cycles}
    days = _days(session, reviews, opened)
    kept, missed = _deadlines(session, {review.public_id for review in reviews.values()})
    stages = dict.fromkeys([*days, *kept, *missed])
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


def _deadlines(session: Session, reviews: set[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Count the deadlines that were kept (nothing waited any more) and those that passed."""
    kept: dict[str, int] = {}
    missed: dict[str, int] = {}
    ended = select(Timer).where(Timer.kind.in_(DEADLINES), Timer.state.in_(("done", "dropped")))
    for timer in session.scalars(ended.order_by(Timer.id)):
        if timer.about.get("review") not in reviews:
            continue
        late = timer.state == "done" or (timer.ended_at or timer.due_at) > timer.due_at
        counts = missed if late else kept
        stage = str(timer.about.get("stage", ""))
        counts[stage] = counts.get(stage, 0) + 1
    return kept, missed
