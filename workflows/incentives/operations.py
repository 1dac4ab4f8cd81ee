"""Entering grants in the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from babel.numbers import get_currency_precision
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.grants import Grant
from workflows.incentives.tables import LedgerEntry
from workflows.reviews.tables import Review


def enter_grants(
    session: Session, now: datetime, review: Review, grants: Iterable[Grant]
) -> list[LedgerEntry]:
    """Enter a review's grants; those that are in the ledger already are left alone.

    Part of the approval. Money is kept in minor units with the currency's exponent;
    ValueError for an amount that has a fraction of one.
    """
    known = set(
        session.execute(
            select(LedgerEntry.rule, LedgerEntry.kind, LedgerEntry.seq).where(
                LedgerEntry.review_id == review.id
            )
        )
    )
    entered = []
    seen: Counter[tuple[str, str]] = Counter()
    for grant in grants:
        seen[grant.rule, grant.kind] += 1
        seq = seen[grant.rule, grant.kind]
        if (grant.rule, grant.kind, seq) in known:
            continue
        entered.append(_entry(now, review, grant, seq))
    session.add_all(entered)
    session.flush()
    return entered


def amount_of(entry: LedgerEntry) -> Decimal | None:
    """Return an entry's amount in its currency's main unit."""
    if entry.amount_minor is None or entry.exponent is None:
        return None
    return Decimal(entry.amount_minor).scaleb(-entry.exponent)


def _entry(now: datetime, review: Review, grant: Grant, seq: int) -> LedgerEntry:
    exponent = get_currency_precision(grant.currency) if grant.currency else None
    return LedgerEntry(
        review_id=review.id,
        person_id=review.person_id,
        rule=grant.rule,
        kind=grant.kind,
        seq=seq,
        amount_minor=_minor_units(grant.amount, exponent),
        currency=grant.currency,
        exponent=exponent,
        detail={},
        entered_at=now,
    )


def _minor_units(amount: Decimal | None, exponent: int | None) -> int | None:
    if amount is None or exponent is None:
        return None
    minor = amount.scaleb(exponent)
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a minor unit")
    return int(minor)
