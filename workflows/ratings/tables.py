"""Who is asked to rate whom, what they say, and what came of it when it was finished."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.org.tables import Person
from workflows.reviews.tables import Review


class RatingRequest(Base):
    """Somebody who rates a review under the policy's ``rating``, and their form.

    ``rater`` is a person, or ``source`` names a customer. ``answers``: by KPI the points and
    words of the form, as they were typed. States: ``proposed`` → ``asked`` or ``declined``;
    ``asked`` → ``given``. Nothing says when a form was given: of an anonymous one that would
    tell who gave it.
    """

    __tablename__ = "rating_request"
    __table_args__ = (
        UniqueConstraint("review_id", "rating", "rater_key"),
        Index("ix_rating_request_rater_id_state", "rater_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    rating: Mapped[str]
    rater_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    source: Mapped[str | None] = mapped_column(Text)
    rater_key: Mapped[str]  # the person's public id, or the customer's name
    state: Mapped[str]
    answers: Mapped[dict[str, Any]]
    version: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(Instant)

    review: Mapped[Review] = relationship()
    rater: Mapped[Person | None] = relationship()


class RatingRound(Base):
    """Whether a review's ratings are finished; one without a row is still being rated.

    States: ``finished``, and ``open`` again when they were sent back.
    """

    __tablename__ = "rating_round"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), unique=True)
    state: Mapped[str]
    version: Mapped[int]
    reason: Mapped[str | None] = mapped_column(Text)


class RatingResult(Base):
    """What finished ratings came to, as canonical JSON: all that is ever shown of them."""

    __tablename__ = "rating_result"
    __table_args__ = (UniqueConstraint("review_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    seq: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    finished_at: Mapped[datetime] = mapped_column(Instant)
