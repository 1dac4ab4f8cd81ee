"""A review's conversation, both sides' notes of it, and feedback on the manager."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.org.tables import Person
from workflows.reviews.tables import Review


class FeedbackTalk(Base):
    """The conversation about a review: prepared, held, acknowledged.

    ``criticism`` never stands without ``example`` and ``advice``. ``agrees`` is the person's
    answer; None with ``acknowledged_at`` set is silence until ``silent_after``.
    """

    __tablename__ = "feedback_talk"
    __table_args__ = (UniqueConstraint("review_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    version: Mapped[int]
    praise: Mapped[str] = mapped_column(Text)
    criticism: Mapped[str] = mapped_column(Text)
    example: Mapped[str] = mapped_column(Text)
    advice: Mapped[str] = mapped_column(Text)
    prepared_at: Mapped[datetime] = mapped_column(Instant)
    held_on: Mapped[date | None]
    channel: Mapped[str | None]
    silent_after: Mapped[datetime | None] = mapped_column(Instant)
    agrees: Mapped[bool | None]
    comment: Mapped[str | None] = mapped_column(Text)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)

    review: Mapped[Review] = relationship()


class FeedbackNote(Base):
    """What one side wrote down of the conversation; ``side``: ``manager`` or ``person``."""

    __tablename__ = "feedback_note"
    __table_args__ = (
        Index("ix_feedback_note_review_id", "review_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    side: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[datetime] = mapped_column(Instant)

    author: Mapped[Account | None] = relationship()


class UpwardFeedback(Base):
    """What a person says of whoever leads them; ``answers`` are 1 to 5 by question."""

    __tablename__ = "upward_feedback"
    __table_args__ = (
        UniqueConstraint("review_id"),
        Index("ix_upward_feedback_manager_id", "manager_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    manager_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answers: Mapped[dict[str, Any]]
    keep: Mapped[str] = mapped_column(Text)
    change: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(Instant)

    review: Mapped[Review] = relationship()
    manager: Mapped[Person] = relationship()
