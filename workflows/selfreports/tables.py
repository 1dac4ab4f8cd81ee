"""Self reports: what is being written, what was submitted, and comments on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.incentives.tables import LedgerEntry, Proposal
from workflows.reviews.tables import Review


class Report(Base):
    """A review's self report as it is being written: a text by section.

    States: ``draft`` → ``submitted``, and back when it is returned.
    """

    __tablename__ = "self_report"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), unique=True)
    state: Mapped[str]
    texts: Mapped[dict[str, Any]]
    version: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(Instant)
    returned_because: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review] = relationship()


class Submitted(Base):
    """What a report showed when it was submitted, texts and figures, as canonical JSON."""

    __tablename__ = "self_report_submission"
    __table_args__ = (UniqueConstraint("report_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("self_report.id"))
    seq: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    submitted_at: Mapped[datetime] = mapped_column(Instant)


class ReportComment(Base):
    """What somebody said of a report; it may lead to a proposal or a grant of the review."""

    __tablename__ = "report_comment"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("self_report.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    text: Mapped[str] = mapped_column(Text)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    said_at: Mapped[datetime] = mapped_column(Instant)

    author: Mapped[Account] = relationship()
    proposal: Mapped[Proposal | None] = relationship()
    entry: Mapped[LedgerEntry | None] = relationship()
