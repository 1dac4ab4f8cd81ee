"""What was paid before: the sum of the ledger, reversals and later corrections included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cycles.tables import Cycle
from workflows.incentives.operations import amount_of
from workflows.incentives.tables import LedgerEntry
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


def paid_before(session: Session, cycle: Cycle, rule: str) -> dict[int, Decimal]:
    """Return, by person, what ``rule`` has paid in the year's earlier cycles of this policy.

    In the currency's main unit; whoever has no entry is not in it.
    """
    entries = session.scalars(
        select(LedgerEntry)
        .join(LedgerEntry.review)
        .join(Cycle, Cycle.id == Review.cycle_id)
        .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
        .where(
            LedgerEntry.rule == rule,
            PolicyVersion.policy_id == cycle.policy_version.policy_id,
            Cycle.starts_on >= date(cycle.starts_on.year, 1, 1),
            Cycle.ends_on <= cycle.starts_on,
        )
    )
    found: dict[int, Decimal] = {}
    for entry in entries:
        amount = amount_of(entry) or Decimal(0)
        found[entry.person_id] = found.get(entry.person_id, Decimal(0)) + amount
    return found
