"""What is to happen at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base.database import Base
from workflows.base.types import Instant, Key


class Timer(Base):
    """Something of ``kind`` to be done at ``due_at``; ``about`` is what it is given.

    ``key`` says which one it is among its kind. States: ``set`` → ``done`` or ``dropped``.
    ``belongs_to`` is what it is dropped with. One that failed (``attempts`` times, the last time
    with ``error``) is tried again at ``retry_at``.
    """

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_timer_state_due_at", "state", "due_at"),
        Index("ix_timer_belongs_to", "belongs_to"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(Instant)
    about: Mapped[dict[str, Any]]
    state: Mapped[str]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    belongs_to: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    retry_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None]

    @property
    def next_at(self) -> datetime:
        """When it is to happen next: an earlier failure puts it off."""
        return self.retry_at or self.due_at
