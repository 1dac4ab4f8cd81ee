"""Deadlines that passed while a review was held back: nobody missed them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from workflows.closing.tables import ReviewHold
from workflows.reviews.tables import Review

# Held back now; held back when its deadline passed, and released since.
HELD, WAS_HELD = "held", "was_held"


def held_over(session: Session, reviews: Sequence[Review]) -> dict[int, str]:
    """Return by id those of ``reviews`` that being held back excuses: ``HELD`` or ``WAS_HELD``.

    A review whose stage has no deadline has nothing to be excused from.
    """
    due = [review.id for review in reviews if review.due_at is not None]
    if not due:
        return {}
    rows = session.execute(
        select(ReviewHold.review_id, ReviewHold.released_at)
        .join(ReviewHold.review)
        .where(ReviewHold.review_id.in_(due), _excuses())
        .order_by(ReviewHold.review_id, ReviewHold.seq)
    )
    return {review_id: WAS_HELD if released_at else HELD for review_id, released_at in rows}


def is_held_over() -> ColumnElement[bool]:
    """Return the condition on ``Review`` that being held back excuses it from its deadline."""
    return select(ReviewHold.id).where(ReviewHold.review_id == Review.id, _excuses()).exists()


def _excuses() -> ColumnElement[bool]:
    still = ReviewHold.released_at.is_(None)
    then = (ReviewHold.held_at <= Review.due_at) & (ReviewHold.released_at > Review.due_at)
    return or_(still, then)
