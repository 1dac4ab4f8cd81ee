"""What people may read of the ledger."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.tables import Cycle
from workflows.incentives.operations import amount_of
from workflows.incentives.tables import LedgerEntry
from workflows.org.tables import Person
from workflows.reviews.tables import Review


def ledger_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return the cycle's entries of those whom the actor reaches, in the order of entry."""
    allow(actor, "list_ledger")
    entries = session.scalars(
        select(LedgerEntry)
        .join(LedgerEntry.review)
        .join(Person, Person.id == LedgerEntry.person_id)
        .where(Review.cycle_id == cycle.id, people(actor, "list_ledger"))
        .order_by(LedgerEntry.id)
    )
    return [
        {
            "entry": entry.id,
            "person": entry.person.code,
            "kind": entry.kind,
            "amount": _shown(amount_of(entry)),
            "currency": entry.currency,
            "payable_from": entry.payable_from,
            "rule": entry.rule,
            "reverses": entry.reverses_id,
        }
        for entry in entries
    ]


def _shown(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
