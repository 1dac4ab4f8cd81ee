"""Surveys about the programme: who answered, and, kept apart from it, what was answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base.database import Base
from workflows.base.types import Instant, Key


class Survey(Base):
    """The questions of a quarter, answered until the end of ``closes_on``.

    States: ``open`` → ``closed``.
    """

    __tablename__ = "survey"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    quarter: Mapped[str] = mapped_column(unique=True)
    closes_on: Mapped[date]
    state: Mapped[str]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)


class SurveyTaken(Base):
    """Somebody answered; not when, and not what."""

    __tablename__ = "survey_taken"
    __table_args__ = ({"sqlite_with_rowid": False},)

    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class SurveyAnswer(Base):
    """An answer of nobody in particular: ``key`` is random, and its order says nothing.

    ``audience``: ``staff`` or ``manager``. ``scores`` are 1 to 5 by question.
    """

    __tablename__ = "survey_answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[str] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    audience: Mapped[str]
    region_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    scores: Mapped[dict[str, Any]]
    text: Mapped[str | None] = mapped_column(Text)
