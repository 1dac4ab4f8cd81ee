"""What holds of a record instead of what its source says, and where the two differ."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.sources.tables import Record, RecordVersion


class RecordOverride(Base):
    """Why a version of a record is not what its source said; it holds while the version does.

    ``said_digest``, ``said_fields`` and ``said_credits`` are the source's own record as it last
    came; ``credits``, as agreed (``[person's code, share, role, since or None]``), hold instead.
    Never changed: the next version has a row of its own.
    """

    __tablename__ = "record_override"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("record_version.id"), unique=True)
    said_digest: Mapped[str]
    said_fields: Mapped[dict[str, Any]]
    said_credits: Mapped[list[Any]]
    credits: Mapped[list[Any]]

    version: Mapped[RecordVersion] = relationship()


class CreditDifference(Base):
    """A source that says other credits than were agreed, to be decided: ``open``, then the
    agreed ones are ``kept`` or the source's ``taken``.

    ``version_id`` is the version that the news came with; it counts once that is a finished one.
    """

    __tablename__ = "credit_difference"
    __table_args__ = (UniqueConstraint("version_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("record_version.id"))
    said: Mapped[list[Any]]
    agreed: Mapped[list[Any]]
    state: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)

    record: Mapped[Record] = relationship()
    version: Mapped[RecordVersion] = relationship()
    decider: Mapped[Account | None] = relationship()
