"""A company figure and the shares it became, level by level."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base.database import Base
from workflows.base.types import Key, Scaled


class Target(Base):
    """One target of a cycle, for a unit or for a person; children sum to their parent."""

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("cycle_id", "name", "unit_id"),
        UniqueConstraint("cycle_id", "name", "person_id"),
        CheckConstraint("(unit_id IS NULL) <> (person_id IS NULL)", name="one_owner"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("target.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    amount: Mapped[Decimal] = mapped_column(Scaled(4))
