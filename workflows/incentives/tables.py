"""The ledger, whose entries are added and never changed, and what is proposed for it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.org.tables import Person
from workflows.reviews.tables import Review


class LedgerEntry(Base):
    """What a rule gave a person: money in minor units, or no amount (a course, an honour)."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        # One grant of a rule to a review, and one reversal of an entry; ``seq`` tells
        # several grants of the same rule apart.
        UniqueConstraint("review_id", "rule", "kind", "seq"),
        UniqueConstraint("reverses_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    rule: Mapped[str]
    kind: Mapped[str]
    seq: Mapped[int]
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    exponent: Mapped[int | None]
    detail: Mapped[dict[str, Any]]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    # A holdback 质保金 waits until this day; None is payable at once.
    payable_from: Mapped[date | None]

    review: Mapped[Review] = relationship()
    person: Mapped[Person] = relationship()


class Proposal(Base):
    """What a rule proposes and a person decides on: ``open`` → ``accepted`` or ``declined``.

    ``text`` is what it is, in both languages; accepted, it becomes an entry of the ledger.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("review_id", "rule", "kind", "seq"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    rule: Mapped[str]
    kind: Mapped[str]
    seq: Mapped[int]
    text: Mapped[dict[str, Any]]
    state: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review] = relationship()
