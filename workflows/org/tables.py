"""Units as a tree, people, and who belonged where from when to when.

Every period is half-open: its last day is the one before ``valid_to``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled

# Since when somebody or something is there of whom no day is known.
ALWAYS = date(1900, 1, 1)
RATIO_PLACES = 4


class Unit(Base):
    """A part of the organisation: the company, a region (regional office), a team.

    ``parent`` is what it is part of today; ``tree.parents_on`` says it for any day.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]  # company | region | team
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    valid_from: Mapped[date] = mapped_column(default=ALWAYS)
    valid_to: Mapped[date | None]

    parent: Mapped[Unit | None] = relationship(remote_side=[id])


class UnitMove(Base):
    """A unit that became part of another on a day, or will."""

    __tablename__ = "unit_move"
    __table_args__ = (UniqueConstraint("unit_id", "day"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    from_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class Person(Base):
    """Somebody who is appraised or appraises; ``code`` is the source's own."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    # What the log calls them; it says nothing about who they are.
    public_id: Mapped[str] = mapped_column(unique=True)
    # 岗位 and 职级, where a source has them: a policy's scope may ask for either.
    post: Mapped[str | None]
    rank: Mapped[str | None]
    # The first day on which they are no longer there, once they leave or it is known.
    left_on: Mapped[date | None]
    # Counts the changes of where they belong, so that of two who change it at once one is told.
    version: Mapped[int] = mapped_column(default=0)


class Membership(Base):
    """A person in a unit, as ``member`` or ``manager``, over [valid_from, valid_to).

    ``ratio`` is the share of a member's time that is the unit's: those of a day make at most 1.
    """

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "unit_id", "role", "valid_from"),
        Index("ix_membership_unit_id_role", "unit_id", "role"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str]  # member | manager
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ratio: Mapped[Decimal] = mapped_column(Scaled(RATIO_PLACES), default=Decimal(1))

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()


class Absence(Base):
    """A long leave: ``kind`` says which (产假, 病假, …), open until the day of return is known."""

    __tablename__ = "absence"
    __table_args__ = (
        UniqueConstraint("person_id", "valid_from"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship()


class OrgEntry(Base):
    """One change of where a person or a unit belongs; never changed itself.

    ``before`` and ``after`` are all that was known of them then, so that what a correction
    replaced can still be read.
    """

    __tablename__ = "org_entry"
    __table_args__ = (
        Index("ix_org_entry_person_id", "person_id"),
        Index("ix_org_entry_unit_id", "unit_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
