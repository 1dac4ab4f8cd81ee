"""Disputes and claims, what is proposed for them, and what those concerned answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.sources.tables import Record


class CreditClaim(Base):
    """A question of whose a deal is: a ``dispute`` of a line, a ``missing`` deal 漏单 by its
    contract number, or an ``arrangement`` that HR or a manager brings up.

    States: ``waiting`` (for a record with that number) → ``open`` → ``proposed`` → ``agreed``,
    ``decided`` or ``rejected``; ``withdrawn`` by whoever made it.
    """

    __tablename__ = "credit_claim"
    __table_args__ = (
        Index("ix_credit_claim_state", "state"),
        Index("ix_credit_claim_review_id", "review_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(ForeignKey("record.id"), index=True)
    contract: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review | None] = relationship()
    person: Mapped[Person | None] = relationship()
    record: Mapped[Record | None] = relationship()
    opener: Mapped[Account] = relationship(foreign_keys=[opened_by])
    decider: Mapped[Account | None] = relationship(foreign_keys=[decided_by])
    proposals: Mapped[list[CreditProposal]] = relationship(order_by="CreditProposal.id")


class CreditProposal(Base):
    """Whose the record should be: ``lines`` are ``[person's code, share, role, since or None]``.

    ``version_id`` is the version of the record that it was made for: whoever answers has seen
    that one. States: ``open`` → ``agreed``, ``declined``, ``decided``, ``rejected``, or
    ``replaced`` by the next one.
    """

    __tablename__ = "credit_proposal"
    __table_args__ = (
        # One at a time: people must know what they answer.
        Index(
            "uq_credit_proposal_open",
            "claim_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'declined')"),
            postgresql_where=text("state IN ('open', 'declined')"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("credit_claim.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("record_version.id"))
    state: Mapped[str]
    lines: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(Text)
    answer_by: Mapped[date]
    version: Mapped[int]  # grows with each answer
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)

    claim: Mapped[CreditClaim] = relationship(overlaps="proposals")
    proposer: Mapped[Account] = relationship()
    concerned: Mapped[list[CreditAnswer]] = relationship(order_by="CreditAnswer.id")


class CreditAnswer(Base):
    """Somebody whom a proposal concerns, and what they answered: nothing yet, ``accepted`` or
    ``declined`` (with a reason).
    """

    __tablename__ = "credit_answer"
    __table_args__ = (UniqueConstraint("proposal_id", "person_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("credit_proposal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    answer: Mapped[str | None]
    reason: Mapped[str | None] = mapped_column(Text)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship()
