"""The ledger: entries are added, never changed; a reversal is an entry too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
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

    review: Mapped[Review] = relationship()
    person: Mapped[Person] = relationship()
