"""Appeals, what they dispute as it was, every step of them, and what would be corrected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.cycles.tables import Rerun
from workflows.reviews.tables import Review

SUBMITTED, ACCEPTED, PROPOSED = "submitted", "accepted", "proposed"
REJECTED, POSTED, WITHDRAWN = "rejected", "posted", "withdrawn"
# What still waits for an answer, and holds up the review that it is about.
OPEN = (SUBMITTED, ACCEPTED, PROPOSED)


class Appeal(Base):
    """One appeal: ``submitted`` → ``accepted`` → ``rejected``, or ``proposed`` → ``posted``.

    ``withdrawn`` is open to its author until there is an answer. ``answer`` is the explanation
    that a rejection or a correction gives; ``effect`` is what the proposed correction was shown
    to move, as JSON. ``escalated_at``: when its time for an answer passed.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("review_id", "seq"),
        Index("ix_appeal_state", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    seq: Mapped[int]
    state: Mapped[str]
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    answer_due: Mapped[datetime] = mapped_column(Instant)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answer: Mapped[str | None] = mapped_column(Text)
    effect: Mapped[str | None] = mapped_column(Text)
    escalated_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    rerun_id: Mapped[int | None] = mapped_column(ForeignKey("rerun.id"))

    review: Mapped[Review] = relationship()
    handler: Mapped[Account | None] = relationship()
    rerun: Mapped[Rerun | None] = relationship()
    items: Mapped[list[AppealItem]] = relationship(order_by="AppealItem.id")
    corrections: Mapped[list[AppealCorrection]] = relationship(order_by="AppealCorrection.id")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def proposed(self) -> list[AppealCorrection]:
        """The corrections of the last proposal."""
        last = max((each.round for each in self.corrections), default=0)
        return [each for each in self.corrections if each.round == last]


class AppealItem(Base):
    """A number in dispute, frozen: its name, its title, its value and how it came about."""

    __tablename__ = "appeal_item"
    __table_args__ = (UniqueConstraint("appeal_id", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"))
    name: Mapped[str]
    title: Mapped[dict[str, Any]]
    value: Mapped[str | None]
    unit: Mapped[str]
    explanation: Mapped[dict[str, Any]]  # formula, filled: as the page would have told it


class AppealCorrection(Base):
    """One fact that a handler would correct: a new version of it, with the appeal as reason.

    ``kind``: ``fact`` (a target, a figure, a rating), ``grade``, or ``record`` (``name`` is
    ``kind/code/field``, or ``kind/code/@person`` for somebody's share of the credit).
    """

    __tablename__ = "appeal_correction"
    __table_args__ = (
        UniqueConstraint("appeal_id", "round", "kind", "name"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"))
    round: Mapped[int]
    kind: Mapped[str]
    name: Mapped[str]
    was: Mapped[str | None]
    becomes: Mapped[str]


class AppealFile(Base):
    """A file attached to an appeal, as it was sent, named by its SHA-256; never changed."""

    __tablename__ = "appeal_file"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    account: Mapped[Account] = relationship()


class AppealStep(Base):
    """What happened to an appeal, by whom and with which words; never changed."""

    __tablename__ = "appeal_step"
    __table_args__ = (
        Index("ix_appeal_step_appeal_id", "appeal_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id"))
    step: Mapped[str]
    text: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_at: Mapped[datetime] = mapped_column(Instant)

    actor: Mapped[Account | None] = relationship()
