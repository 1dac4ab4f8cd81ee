"""Audits of results, and each result that was drawn with what the auditor found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review

OPEN, SOUND, FINDING, ANSWERED, SETTLED = "open", "sound", "finding", "answered", "settled"


class ResultAudit(Base):
    """A sample of a cycle's results: ``size`` of them, by ``strata`` (``unit``, ``grade`` or both),
    drawn with ``seed`` from the results whose ids and strata have ``population_sha256``.
    """

    __tablename__ = "result_audit"
    __table_args__ = (UniqueConstraint("cycle_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    seq: Mapped[int]
    size: Mapped[int]
    strata: Mapped[str]
    seed: Mapped[str]
    population: Mapped[int]
    population_sha256: Mapped[str]
    drawn_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    drawn_at: Mapped[datetime] = mapped_column(Instant)

    cycle: Mapped[Cycle] = relationship()
    drawer: Mapped[Account] = relationship()
    lines: Mapped[list[AuditedResult]] = relationship(
        order_by="AuditedResult.id", back_populates="audit"
    )


class AuditedResult(Base):
    """A result that was drawn: ``open`` → ``sound``, or ``finding`` → ``answered`` → ``settled``.

    An answer that does not settle it leads back to ``finding``. ``checks`` is what the auditor
    looked at (``replay``, ``explanation``, ``records``); ``replayed`` says whether the result
    computed again to the same bytes when it was checked.
    """

    __tablename__ = "audited_result"
    __table_args__ = (
        UniqueConstraint("audit_id", "review_id"),
        Index("ix_audited_result_state", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("result_audit.id"))
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    stratum: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    checks: Mapped[list[Any]]
    replayed: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(Text)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)

    audit: Mapped[ResultAudit] = relationship(back_populates="lines")
    review: Mapped[Review] = relationship()
    checker: Mapped[Account | None] = relationship(foreign_keys=[checked_by])
    answerer: Mapped[Account | None] = relationship(foreign_keys=[answered_by])
