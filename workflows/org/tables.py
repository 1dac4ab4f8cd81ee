"""Units as a tree, people, and who belonged where from when to when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Key


class Unit(Base):
    """A part of the organisation: the company, a region (regional office), a team."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]  # company | region | team
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)

    parent: Mapped[Unit | None] = relationship(remote_side=[id])


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


class Membership(Base):
    """A person in a unit, as ``member`` or ``manager``, over [valid_from, valid_to)."""

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

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit] = relationship()
