"""Deals of which two sources say different amounts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.sources.tables import Record


class AmountDifference(Base):
    """A difference beyond the declared tolerance: what the record's source ``said`` of a field and
    what ``finance`` has. ``open`` until it is explained, by somebody who signs for it.

    Another pair of figures is another difference, with an explanation of its own.
    """

    __tablename__ = "amount_difference"
    __table_args__ = (
        UniqueConstraint("record_id", "field", "said", "finance"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    field: Mapped[str]
    contract: Mapped[str]
    said: Mapped[Decimal] = mapped_column(Scaled(4))
    finance: Mapped[Decimal] = mapped_column(Scaled(4))
    tolerance: Mapped[str]
    found_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str]
    explanation: Mapped[str | None] = mapped_column(Text)
    signature: Mapped[str | None]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signed_at: Mapped[datetime | None] = mapped_column(Instant)

    record: Mapped[Record] = relationship()
    signer: Mapped[Account | None] = relationship()
