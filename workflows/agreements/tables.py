"""Copies 目标责任书: what everybody has in common once, and each person's own, both frozen."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.org.tables import Person, Unit
from workflows.rulebook.tables import PolicyRow, PolicyVersion


class AgreementTerms(Base):
    """What all copies of a version and a period say alike, as canonical JSON; never changed."""

    __tablename__ = "agreement_terms"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str] = mapped_column(Text)


class Agreement(Base):
    """One person's copy for a period. ``text`` is canonical JSON that names its terms by digest.

    ``copy`` counts from 1: a copy that says something else replaces the one before, which ends.
    ``opened_at`` is when the person's own account first opened it. ``answer``: ``signed``
    (``signature`` is the name that was typed) or ``declined`` (``reason`` says why).
    ``ending``: ``replaced`` by a newer copy, or ``withdrawn`` where the person has none any more.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("policy_id", "period", "person_id", "copy"),
        Index(
            "uq_agreement_current",
            "policy_id",
            "period",
            "person_id",
            unique=True,
            sqlite_where=text("ending IS NULL"),
            postgresql_where=text("ending IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycle.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    period: Mapped[str]
    starts_on: Mapped[date]
    copy: Mapped[int]
    terms_id: Mapped[int] = mapped_column(ForeignKey("agreement_terms.id"))
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    delivered_at: Mapped[datetime] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    signature: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Text)
    ending: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship()
    team: Mapped[Unit | None] = relationship()
    policy: Mapped[PolicyRow] = relationship()
    version: Mapped[PolicyVersion] = relationship()
    terms: Mapped[AgreementTerms] = relationship()
