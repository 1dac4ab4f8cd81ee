"""What people said of the records credited to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.reviews.tables import Review


class Confirmation(Base):
    """A confirmed list 业绩核对: which versions of which records, by ``digest``; never changed.

    The last one of a review counts, and only while the list still has its digest.
    ``lines`` is what was on the list: ``[kind, code, version's digest, share, role]``. Without
    an account nobody said so: the stage's time had passed, and silence confirms.
    """

    __tablename__ = "confirmation"
    __table_args__ = (Index("ix_confirmation_review_id", "review_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    digest: Mapped[str]
    lines: Mapped[list[Any]]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Instant)

    review: Mapped[Review] = relationship()
    account: Mapped[Account | None] = relationship()
