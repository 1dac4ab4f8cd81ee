"""Where somebody stands with their list: not answered, confirmed, changed since, disputed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from engine.model import Policy
from workflows.claims.states import PENDING
from workflows.claims.tables import CreditClaim
from workflows.confirming.credited import Credited, credited, digest_of
from workflows.confirming.tables import Confirmation
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review

STATES = ("waiting", "changed", "disputed", "confirmed")


@dataclass(frozen=True, slots=True)
class Standing:
    """A review's list as it is now, its digest, and what its person last confirmed."""

    lines: tuple[Credited, ...]
    digest: str
    last: Confirmation | None
    disputes: int

    @property
    def state(self) -> str:
        if self.disputes:
            return "disputed"
        if self.last is None:
            return "waiting"
        return "confirmed" if self.last.digest == self.digest else "changed"

    @property
    def changed(self) -> frozenset[tuple[str, str]]:
        """The records, by kind and code, that are not as they were confirmed."""
        if self.last is None:
            return frozenset()
        before = {tuple(line) for line in self.last.lines}
        now = {tuple(line.line()) for line in self.lines}
        return frozenset((line[0], line[1]) for line in before ^ now)


def standings(
    session: Session, cycle: Cycle, policy: Policy, reviews: Collection[Review]
) -> dict[int, Standing]:
    """Return where each of ``reviews``, of one cycle, stands, by its id."""
    lists = credited(session, cycle, policy, reviews)
    ids = [review.id for review in reviews]
    last = _last(session, ids)
    disputes = _disputes(session, ids)
    return {
        review: Standing(tuple(lines), digest_of(lines), last.get(review), disputes.get(review, 0))
        for review, lines in lists.items()
    }


def _last(session: Session, reviews: list[int]) -> dict[int, Confirmation]:
    newest = (
        select(func.max(Confirmation.id))
        .where(Confirmation.review_id.in_(reviews))
        .group_by(Confirmation.review_id)
    )
    rows = session.scalars(
        select(Confirmation)
        .where(Confirmation.id.in_(newest))
        .options(joinedload(Confirmation.account))
    )
    return {each.review_id: each for each in rows}


def _disputes(session: Session, reviews: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(CreditClaim.review_id, func.count())
        .where(CreditClaim.review_id.in_(reviews), CreditClaim.state.in_(PENDING))
        .group_by(CreditClaim.review_id)
    )
    return {review: count for review, count in rows if review is not None}
