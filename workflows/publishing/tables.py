"""Submissions of drafts, their approvals, cycles to be moved, and who was asked to consent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.rulebook.tables import PolicyDraft, PolicyVersion

MONEY_PLACES = 4


class Submission(Base):
    """A draft handed in, frozen as ``version_id``: ``open``, then ``published`` or ``withdrawn``.

    ``version`` counts what happened to it, so that of two who act at once one is told.
    """

    __tablename__ = "policy_submission"
    __table_args__ = (
        Index(
            "uq_policy_submission_open",
            "draft_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_draft.id"))
    edit_seq: Mapped[int]
    version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    submitter_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    moves_money: Mapped[bool]
    # Said by the submitter: it reaches into periods that have begun.
    is_retroactive: Mapped[bool]
    state: Mapped[str]
    version: Mapped[int]

    draft: Mapped[PolicyDraft] = relationship()
    frozen: Mapped[PolicyVersion] = relationship()
    submitter: Mapped[Account] = relationship()


class PolicyApproval(Base):
    """A role's approval of a submission that moves money."""

    __tablename__ = "policy_approval"
    __table_args__ = (
        UniqueConstraint("submission_id", "role"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("policy_submission.id"))
    role: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime] = mapped_column(Instant)
    on_behalf_of: Mapped[str | None]  # the account acted for, by its public id

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    principal: Mapped[Account | None] = relationship(
        primaryjoin=lambda: foreign(PolicyApproval.on_behalf_of) == Account.public_id, viewonly=True
    )


class CycleMove(Base):
    """A running cycle to be put under another version: ``prepared``, then ``done`` or ``dropped``.

    Whoever prepared it does not carry it out.
    """

    __tablename__ = "cycle_move"
    __table_args__ = (
        Index(
            "uq_cycle_move_prepared",
            "cycle_id",
            unique=True,
            sqlite_where=text("state = 'prepared'"),
            postgresql_where=text("state = 'prepared'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    from_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    reason: Mapped[str] = mapped_column(Text)
    preparer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    prepared_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str]
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    carried_out_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]

    cycle: Mapped[Cycle] = relationship()
    before: Mapped[PolicyVersion] = relationship(foreign_keys=[from_version_id])
    after: Mapped[PolicyVersion] = relationship(foreign_keys=[to_version_id])
    preparer: Mapped[Account] = relationship(foreign_keys=[preparer_id])


class Consent(Base):
    """Somebody whom a change in a begun period makes worse off, and what they answer.

    ``answer`` is None, ``given`` or ``declined``; money and grades are as they were when asked.
    """

    __tablename__ = "consent"
    __table_args__ = (
        UniqueConstraint(
            "submission_id",
            "period",
            "person_id",
            name="uq_consent_submission_id_period_person_id",
        ),
        UniqueConstraint("move_id", "person_id"),
        CheckConstraint("(submission_id IS NULL) <> (move_id IS NULL)", name="about_one"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("policy_submission.id"))
    move_id: Mapped[int | None] = mapped_column(ForeignKey("cycle_move.id"))
    period: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    currency: Mapped[str | None]
    money_before: Mapped[Decimal | None] = mapped_column(Scaled(MONEY_PLACES))
    money_after: Mapped[Decimal | None] = mapped_column(Scaled(MONEY_PLACES))
    grade_before: Mapped[str | None]
    grade_after: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)

    person: Mapped[Person] = relationship()
    submission: Mapped[Submission | None] = relationship()
    move: Mapped[CycleMove | None] = relationship()
