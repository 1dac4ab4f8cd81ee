"""Contributions to others' work, claimed by one and confirmed by another."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.org.tables import Person
from workflows.sources.tables import Record


class Contribution(Base):
    """An ``assist`` with a colleague's deal (``record``), or a ``sharing`` session.

    ``confirmer`` is the deal's owner, or who held the session. States: ``claimed`` →
    ``confirmed`` or ``declined``.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        Index("ix_contribution_confirmer_id_state", "confirmer_id", "state"),
        Index("ix_contribution_person_id", "person_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"))
    what: Mapped[str] = mapped_column(Text)
    done_on: Mapped[date]
    state: Mapped[str]
    note: Mapped[str | None] = mapped_column(Text)
    claimed_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    confirmer: Mapped[Person] = relationship(foreign_keys=[confirmer_id])
    record: Mapped[Record | None] = relationship()
