"""Plans 改进计划 and 发展计划, and what was noted while they ran."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.incentives.tables import LedgerEntry
from workflows.org.tables import Person
from workflows.reviews.tables import Review


class Plan(Base):
    """A plan of a person: ``improvement`` (from what a review shows) or ``development``.

    States: ``draft`` → ``agreed`` (by both) → ``running`` → ``evaluated`` → ``ended``; one that
    comes to nothing goes to ``ended`` from any of them, with a reason. ``diagnosis`` is what the
    figures said when it was drafted, ``effect`` what they say afterwards (decimals as text).
    """

    __tablename__ = "plan"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entry.id"))
    state: Mapped[str]
    version: Mapped[int]
    rule: Mapped[str | None]
    kpi: Mapped[str | None]
    path: Mapped[str | None]
    goal: Mapped[str] = mapped_column(Text)
    training: Mapped[str | None] = mapped_column(Text)
    strengths: Mapped[str | None] = mapped_column(Text)
    needs: Mapped[str | None] = mapped_column(Text)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    diagnosis: Mapped[list[Any]]
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    person_agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    manager_agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    evaluated_at: Mapped[datetime | None] = mapped_column(Instant)
    effect: Mapped[list[Any] | None]
    conclusion: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    mentor: Mapped[Person | None] = relationship(foreign_keys=[mentor_id])
    review: Mapped[Review] = relationship()
    grant: Mapped[LedgerEntry | None] = relationship()
    notes: Mapped[list[PlanNote]] = relationship(order_by="PlanNote.happened_on, PlanNote.id")


class PlanNote(Base):
    """What happened while a plan ran, with its day; never changed.

    ``kind``: ``training`` held, another ``post`` offered, ``reappraisal``, ``evidence``,
    ``follow_up``.
    """

    __tablename__ = "plan_note"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str]
    happened_on: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    noted_at: Mapped[datetime] = mapped_column(Instant)

    author: Mapped[Account | None] = relationship()
