"""Who stands in for whom, from when to when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key


class StandIn(Base):
    """``account`` may act for ``principal`` over [starts_on, ends_on), unless it is revoked."""

    __tablename__ = "stand_in"
    __table_args__ = (
        Index("ix_stand_in_account_id", "account_id"),
        Index("ix_stand_in_principal_id", "principal_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    named_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    named_at: Mapped[datetime] = mapped_column(Instant)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    principal: Mapped[Account] = relationship(foreign_keys=[principal_id])
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
