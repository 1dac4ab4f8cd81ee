"""When a review is sealed: at the end of its way, once nothing is pending: docs/settling.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.workflows.machine.model import times
from tests.workflows.machine.model.state import Review, Year

APPEAL_DAYS = timedelta(days=5)


def arrive(year: Year, person: str, at: datetime) -> None:
    """At the end of the way: seal it, or wait until its days to appeal are over."""
    ends = appeal_ends(year.reviews[person])
    if ends is not None and at < ends:
        times.wait_for(year, "window", person, ends)
    seal(year, [person], at)


def seal(year: Year, people: Iterable[str], at: datetime) -> bool:
    """Seal those of ``people`` that nothing is pending for; say whether there was one."""
    if year.state != "approved":
        return False
    ready = [person for person in people if _is_ready(year.reviews[person], at)]
    for person in ready:
        review = year.reviews[person]
        review.seals, review.open_again = review.seals + 1, False
    if ready and all(review.sealed for review in year.reviews.values()):
        year.state = "sealed"
    return bool(ready)


def _is_ready(review: Review, at: datetime) -> bool:
    ends = appeal_ends(review)
    talk = review.talk
    return not (
        review.sealed
        or review.stage != "closed"
        or review.held
        or review.appeal is not None
        or (talk is not None and talk.held and not talk.acknowledged)
        or (ends is not None and at < ends)
    )


def appeal_ends(review: Review) -> datetime | None:
    return review.approved_at + APPEAL_DAYS if review.approved_at else None
