"""Somebody who left is settled for what they earned: what is entered, and what is still to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import people
from workflows.incentives.operations import amount_of
from workflows.incentives.tables import LedgerEntry, Proposal
from workflows.org.tables import Membership, Person
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a leaver's review came to. ``settled`` and ``later`` are sums by currency.

    ``later`` is what becomes payable only after ``on``; ``proposals`` are not decided yet;
    ``is_pending`` while the results of the cycle are not approved.
    """

    left_on: date
    settled: Mapping[str, Decimal]
    later: Sequence[LedgerEntry]
    proposals: int
    is_pending: bool


def settlement_of(session: Session, actor: Actor, review: Review, on: date) -> Settlement | None:
    """Return how a leaver's review is settled on a day; None for somebody who is still there."""
    left_on = _left(session, review.person_id, on)
    if left_on is None:
        return None
    entries = session.scalars(
        select(LedgerEntry)
        .join(Person, Person.id == LedgerEntry.person_id)
        .where(LedgerEntry.review_id == review.id, people(actor, "list_ledger"))
        .order_by(LedgerEntry.id)
    ).all()
    settled: dict[str, Decimal] = {}
    later = [each for each in entries if each.payable_from is not None and each.payable_from > on]
    for each in entries:
        amount = amount_of(each)
        if amount is not None and each.currency and each not in later:
            settled[each.currency] = settled.get(each.currency, Decimal(0)) + amount
    open_ones = select(func.count()).where(
        Proposal.review_id == review.id, Proposal.state == "open"
    )
    return Settlement(
        left_on,
        settled,
        later,
        session.scalar(open_ones) or 0,
        review.cycle.state not in ("approved", "sealed"),
    )


def _left(session: Session, person_id: int, on: date) -> date | None:
    """Return the day on which somebody's last membership ended, if they have none any more."""
    there = select(Membership.id).where(
        Membership.person_id == person_id,
        or_(Membership.valid_to.is_(None), Membership.valid_to > on),
    )
    if session.scalar(there.limit(1)) is not None:
        return None
    of_person = Membership.person_id == person_id
    return session.scalar(select(func.max(Membership.valid_to)).where(of_person))
