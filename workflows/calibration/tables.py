"""Calibration sessions 校准会: over whom, who takes part, every move, and what became of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import GradeChange, Review


class CalibrationSession(Base):
    """A meeting over some units of a cycle. States: ``open`` → ``closed`` → ``done``.

    ``budget`` is in the policy's currency. ``exceeded_reason`` says why the guidance was
    exceeded, where it was when the session was closed.
    """

    __tablename__ = "calibration_session"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    name: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    budget: Mapped[Decimal | None] = mapped_column(Scaled(4))
    minutes: Mapped[str] = mapped_column(Text)
    exceeded_reason: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    cycle: Mapped[Cycle] = relationship()
    closer: Mapped[Account | None] = relationship()
    units: Mapped[list[CalibrationUnit]] = relationship(order_by="CalibrationUnit.id")
    participants: Mapped[list[CalibrationParticipant]] = relationship(
        order_by="CalibrationParticipant.id"
    )
    events: Mapped[list[CalibrationEvent]] = relationship(order_by="CalibrationEvent.id")


class CalibrationUnit(Base):
    """A unit that a session was opened over: everybody in it and below it."""

    __tablename__ = "calibration_unit"
    __table_args__ = (UniqueConstraint("session_id", "unit_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_session.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))

    unit: Mapped[Unit] = relationship()


class CalibrationParticipant(Base):
    """Somebody who was asked to a session, and so sees and moves on its board."""

    __tablename__ = "calibration_participant"
    __table_args__ = (
        UniqueConstraint("session_id", "account_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_session.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    account: Mapped[Account] = relationship()


class CalibrationCard(Base):
    """A review on a session's board; a review is on one board at a time.

    ``apart`` says why somebody is left out of the distribution: ``newcomer``, ``protected`` or
    ``ungraded``, as it was when the session was opened. ``unit`` is the one that the policy
    groups by, ``manager`` who led the team at the period's end. ``left_out`` is HR's reason for
    taking the person off the board.
    """

    __tablename__ = "calibration_card"
    __table_args__ = (
        UniqueConstraint("session_id", "review_id"),
        Index(
            "uq_calibration_card_on_board",
            "review_id",
            unique=True,
            sqlite_where=text("left_out IS NULL"),
            postgresql_where=text("left_out IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_session.id"))
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    apart: Mapped[str | None]
    left_out: Mapped[str | None] = mapped_column(Text)

    sitting: Mapped[CalibrationSession] = relationship()
    review: Mapped[Review] = relationship()
    unit: Mapped[Unit | None] = relationship()
    manager: Mapped[Person | None] = relationship()


class CalibrationMove(Base):
    """Says of a change of grade that it was made in a session; never changed."""

    __tablename__ = "calibration_move"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_session.id"), index=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("grade_change.id"), unique=True)

    change: Mapped[GradeChange] = relationship()


class CalibrationEvent(Base):
    """What became of a session: ``opened``, ``closed``, ``approved`` or ``reopened``, and when."""

    __tablename__ = "calibration_event"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("calibration_session.id"), index=True)
    deed: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    happened_at: Mapped[datetime] = mapped_column(Instant)

    account: Mapped[Account | None] = relationship()
