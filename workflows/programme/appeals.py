"""What the appeals of some cycles came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.appeals.tables import OPEN, POSTED, REJECTED, WITHDRAWN, Appeal
from workflows.reviews.tables import Review

# In the order in which they are told.
_STATES = (*OPEN, REJECTED, POSTED, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class AppealOutcome:
    """How many appeals ended (or stand) in ``state``, and how many had no answer in its time."""

    state: str
    count: int
    late: int = 0


def appeals_of(session: Session, cycle_ids: Sequence[int]) -> list[AppealOutcome]:
    """Return the outcomes of the appeals about reviews of these cycles, a state each."""
    rows = session.execute(
        select(Appeal.state, func.count(), func.count(Appeal.escalated_at))
        .join(Review, Review.id == Appeal.review_id)
        .where(Review.cycle_id.in_(cycle_ids))
        .group_by(Appeal.state)
    )
    found = {state: AppealOutcome(state, count, late) for state, count, late in rows}
    return [found[state] for state in _STATES if state in found]
