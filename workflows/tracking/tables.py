"""Check-ins 绩效辅导, the measures agreed in them, and the alerts that came."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import Review


class CheckIn(Base):
    """A talk about progress: ``one_to_one`` about a review, or ``team`` about a unit.

    ``rhythm``: ``weekly``, ``monthly`` or ``once``. States: ``planned`` → ``held`` or
    ``cancelled``. ``agenda`` is what was on the table when it was held; nothing changes then.
    """

    __tablename__ = "check_in"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    rhythm: Mapped[str]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    planned_on: Mapped[date]
    state: Mapped[str]
    version: Mapped[int]
    planned_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    planned_at: Mapped[datetime] = mapped_column(Instant)
    held_on: Mapped[date | None]
    agenda: Mapped[list[Any] | None]
    summary: Mapped[str | None] = mapped_column(Text)
    praise: Mapped[str | None] = mapped_column(Text)
    problems: Mapped[str | None] = mapped_column(Text)
    advice: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime | None] = mapped_column(Instant)

    cycle: Mapped[Cycle] = relationship()
    review: Mapped[Review | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    recorder: Mapped[Account | None] = relationship(foreign_keys=[recorded_by])


class Undertaking(Base):
    """A measure 改进措施 that somebody took on: what, who, by when.

    It was agreed in a check-in, in a plan, or on what a survey said. States: ``open`` → ``done``
    or ``dropped`` with a reason; ``effect`` is what came of one that is done.
    """

    __tablename__ = "undertaking"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"), index=True)
    quarter: Mapped[str | None] = mapped_column(index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    what: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date]
    state: Mapped[str]
    agreed_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Text)
    effect: Mapped[str | None] = mapped_column(Text)

    owner: Mapped[Person] = relationship()


class Carried(Base):
    """A measure as a check-in left it: how it was carried forward; never changed."""

    __tablename__ = "undertaking_carried"
    __table_args__ = (
        UniqueConstraint("check_in_id", "undertaking_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"))
    undertaking_id: Mapped[int] = mapped_column(ForeignKey("undertaking.id"), index=True)
    state: Mapped[str]
    note: Mapped[str | None] = mapped_column(Text)

    undertaking: Mapped[Undertaking] = relationship()


class AlertFired(Base):
    """An alert of a policy that came, with the figures of then; never changed.

    ``seq`` counts how often it came for a review; ``gauge`` is what it watches.
    """

    __tablename__ = "alert_fired"
    __table_args__ = (
        UniqueConstraint("review_id", "code", "seq"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    code: Mapped[str]
    seq: Mapped[int]
    name: Mapped[dict[str, Any]]
    told: Mapped[list[Any]]
    gone: Mapped[Decimal] = mapped_column(Scaled(4))
    gauge: Mapped[Decimal | None] = mapped_column(Scaled(6))
    figures: Mapped[dict[str, Any]]
    fired_at: Mapped[datetime] = mapped_column(Instant)

    review: Mapped[Review] = relationship()
