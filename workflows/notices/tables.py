"""Notices 通知."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base.database import Base
from workflows.base.types import Instant, Key


class Notice(Base):
    """A message to a person, or to an account that is no person's; ``key`` makes one that is told
    again the same one.

    ``message`` is a msgid with ``{name}`` fields from ``params``; ``link`` is a path of the
    pages. ``tone``: ``calm``, ``good``, ``warn`` or ``bad``.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        UniqueConstraint("account_id", "key"),
        CheckConstraint("(person_id IS NULL) <> (account_id IS NULL)", name="one_reader"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str]
    message: Mapped[str] = mapped_column(Text)
    params: Mapped[dict[str, Any]]
    link: Mapped[str | None]
    tone: Mapped[str]
    told_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
