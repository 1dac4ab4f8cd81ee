"""Reviews and every move they made."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit


class Review(Base):
    """One person in one cycle; ``total`` and ``grade`` are measured, never edited by hand.

    ``due_at`` is when the deadline of its stage has passed, where its stage has one.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("cycle_id", "person_id"),
        Index("ix_review_person_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    stage: Mapped[str]
    version: Mapped[int]
    total: Mapped[Decimal | None] = mapped_column(Scaled(4))
    grade: Mapped[str | None]
    calibrated_grade: Mapped[str | None]
    due_at: Mapped[datetime | None] = mapped_column(Instant)

    cycle: Mapped[Cycle] = relationship()
    person: Mapped[Person] = relationship()
    team: Mapped[Unit | None] = relationship()


class ReviewMove(Base):
    """A review's timeline: from which stage to which, by whom, why; never changed."""

    __tablename__ = "review_move"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    transition: Mapped[str]
    from_stage: Mapped[str]
    to_stage: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None]
    moved_at: Mapped[datetime] = mapped_column(Instant)
    on_behalf_of: Mapped[str | None]  # the account acted for, by its public id


class GradeChange(Base):
    """A calibration: the grade before and after, and the reason that it must have."""

    __tablename__ = "grade_change"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    grade_before: Mapped[str | None]
    grade_after: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    on_behalf_of: Mapped[str | None]  # the account acted for, by its public id
