"""Since when reviews are where they are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.reviews.tables import Review, ReviewMove


def last_moves(session: Session, reviews: Iterable[Review]) -> dict[int, datetime]:
    """Return, by review, when it came to where it is; one that never moved is not there."""
    ids = [review.id for review in reviews]
    if not ids:
        return {}
    moved = func.max(ReviewMove.moved_at)
    rows = session.execute(
        select(ReviewMove.review_id, moved)
        .where(ReviewMove.review_id.in_(ids))
        .group_by(ReviewMove.review_id)
    )
    return dict(rows.all())
