"""What was done under a key, and how it was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base.database import Base
from workflows.base.types import Instant, Key


class AnsweredRequest(Base):
    """One request that wrote something. ``fingerprint`` is a keyed digest of what was sent.

    The row is made in the transaction that wrote; ``status``, ``headers`` and ``body`` follow
    once the answer is known, so a row without them is under way, or its answer was lost.
    """

    __tablename__ = "answered_request"
    __table_args__ = (UniqueConstraint("account_id", "key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    status: Mapped[int | None]
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
