"""Meetings: when and where, who reports in which order, the panel's scores, and to-dos."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review


class Meeting(Base):
    """A meeting about the reports of a cycle. States: ``planned`` → ``held`` or ``cancelled``."""

    __tablename__ = "report_meeting"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(Text)
    state: Mapped[str]
    version: Mapped[int]
    called_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    called_at: Mapped[datetime] = mapped_column(Instant)

    cycle: Mapped[Cycle] = relationship()
    slots: Mapped[list[Slot]] = relationship(order_by="Slot.position")
    seats: Mapped[list[Seat]] = relationship(order_by="Seat.id")


class Slot(Base):
    """A review whose person reports at the meeting, in the order of ``position``."""

    __tablename__ = "report_slot"
    __table_args__ = (UniqueConstraint("meeting_id", "review_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("report_meeting.id"))
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    position: Mapped[int]

    review: Mapped[Review] = relationship()


class Seat(Base):
    """A member of the panel 评委."""

    __tablename__ = "panel_seat"
    __table_args__ = (UniqueConstraint("meeting_id", "person_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("report_meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship()


class PanelScore(Base):
    """What one member gave one report: points by criterion as plain text, and their sum."""

    __tablename__ = "panel_score"
    __table_args__ = (UniqueConstraint("review_id", "person_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("report_meeting.id"), index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    points: Mapped[dict[str, Any]]
    total: Mapped[Decimal] = mapped_column(Scaled(4))
    remark: Mapped[str] = mapped_column(Text)
    scored_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship()


class Todo(Base):
    """What is to be done after a meeting 待办, by whom and by when. ``open`` → ``done``."""

    __tablename__ = "report_todo"
    __table_args__ = (
        Index("ix_report_todo_person_id_state", "person_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("report_meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    state: Mapped[str]
    note: Mapped[str | None] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship()
    meeting: Mapped[Meeting] = relationship()
