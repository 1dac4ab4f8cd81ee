"""Which reviews are sealed now: the last seal holds until it is approved to open it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from workflows.closing.tables import Reopening, ReviewSeal
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review


def is_sealed() -> ColumnElement[bool]:
    """Return the condition on ``Review`` that a seal of its own holds now."""
    opened = select(Reopening.id).where(
        Reopening.review_id == ReviewSeal.review_id,
        Reopening.number == ReviewSeal.number,
        Reopening.state == "approved",
    )
    return select(ReviewSeal.id).where(ReviewSeal.review_id == Review.id, ~opened.exists()).exists()


def sealed_ids(session: Session, cycle: Cycle) -> frozenset[int]:
    """Return the reviews of a cycle that are sealed now; all of them where the cycle is."""
    of_cycle = select(Review.id).where(Review.cycle_id == cycle.id)
    if cycle.state != "sealed":
        of_cycle = of_cycle.where(is_sealed())
    return frozenset(session.scalars(of_cycle))


def is_sealed_now(session: Session, review: Review) -> bool:
    return review.id in sealed_ids(session, review.cycle)


def opened_since(
    review_id: InstrumentedAttribute[int], moment: InstrumentedAttribute[datetime]
) -> ColumnElement[bool]:
    """Return the condition on a row of a review that it was opened again after ``moment``."""
    return (
        select(Reopening.id)
        .where(
            Reopening.review_id == review_id,
            Reopening.state == "approved",
            Reopening.decided_at > moment,
        )
        .exists()
    )


def seals_of(session: Session, review: Review) -> list[ReviewSeal]:
    """Return every seal that a review has had, the first first."""
    return list(
        session.scalars(
            select(ReviewSeal).where(ReviewSeal.review_id == review.id).order_by(ReviewSeal.number)
        )
    )


def last_numbers(session: Session, cycle: Cycle) -> dict[int, int]:
    """Return, by review, the number of its last seal; one without a seal is not there."""
    rows = session.execute(
        select(ReviewSeal.review_id, func.max(ReviewSeal.number))
        .join(Review, Review.id == ReviewSeal.review_id)
        .where(Review.cycle_id == cycle.id)
        .group_by(ReviewSeal.review_id)
    )
    return dict(rows.all())
