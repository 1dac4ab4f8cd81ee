"""Entering grants in the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from babel.numbers import get_currency_precision
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.grants import Grant
from workflows.incentives.tables import LedgerEntry, Proposal
from workflows.reviews.tables import Review


def enter_grants(
    session: Session, now: datetime, review: Review, grants: Iterable[Grant]
) -> list[LedgerEntry]:
    """Enter a review's grants; those that are in the ledger already are left alone.

    Part of the approval. What waits for a person becomes a proposal instead. Money is kept in
    minor units with the currency's exponent; ValueError for an amount that has a fraction of
    one.
    """
    known = _known(session, review, LedgerEntry) | _known(session, review, Proposal)
    entered = []
    seen: Counter[tuple[str, str]] = Counter()
    for grant in grants:
        seen[grant.rule, grant.kind] += 1
        seq = seen[grant.rule, grant.kind]
        if (grant.rule, grant.kind, seq) in known:
            continue
        if grant.is_proposal:
            session.add(proposal_of(now, review, grant, seq))
        else:
            entered.append(entry_of(now, review, grant, seq))
    session.add_all(entered)
    session.flush()
    return entered


def amount_of(entry: LedgerEntry) -> Decimal | None:
    """Return an entry's amount in its currency's main unit."""
    if entry.amount_minor is None or entry.exponent is None:
        return None
    return Decimal(entry.amount_minor).scaleb(-entry.exponent)


def entry_of(
    now: datetime,
    review: Review,
    grant: Grant,
    seq: int,
    detail: dict[str, object] | None = None,
) -> LedgerEntry:
    """Make the entry of a grant; ``seq`` tells several of one rule and kind apart."""
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
        detail=detail or {},
        payable_from=payable_from(review, grant),
        entered_at=now,
    )


def proposal_of(now: datetime, review: Review, grant: Grant, seq: int) -> Proposal:
    """Make the proposal of a grant that a person has to decide on."""
    return Proposal(
        review_id=review.id,
        rule=grant.rule,
        kind=grant.kind,
        seq=seq,
        text={"zh": grant.text.zh, "en": grant.text.en},
        state="open",
        proposed_at=now,
    )


def payable_from(review: Review, grant: Grant) -> date | None:
    """Return the day from which a later part may be paid: months after the period; else None."""
    if not grant.after_months:
        return None
    end = review.cycle.ends_on  # the day after the period: always the first of a month
    months = end.year * 12 + end.month - 1 + grant.after_months
    return date(months // 12, months % 12 + 1, end.day)


def _known(
    session: Session, review: Review, table: type[LedgerEntry] | type[Proposal]
) -> set[tuple[str, str, int]]:
    rows = session.execute(
        select(table.rule, table.kind, table.seq).where(table.review_id == review.id)
    )
    return {(rule, kind, seq) for rule, kind, seq in rows}


def _minor_units(amount: Decimal | None, exponent: int | None) -> int | None:
    if amount is None or exponent is None:
        return None
    minor = amount.scaleb(exponent)
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a minor unit")
    return int(minor)
