"""Cycles, what was evaluated in them, and their seals."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.cycles.digests import digests_of
from workflows.rulebook.tables import PolicyVersion

# Why a cycle was computed again after its approval.
RECORDS, LATE, APPEAL = "records", "late", "appeal"


class Cycle(Base):
    """A policy's run over [starts_on, ends_on), under the version pinned when it was opened.

    States: ``open`` → ``locked`` → ``approving`` → ``approved`` → ``sealed``.
    """

    __tablename__ = "cycle"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # <policy>@<period>
    policy_version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    period: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str]
    version: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    locked_at: Mapped[datetime | None] = mapped_column(Instant)
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    sealed_at: Mapped[datetime | None] = mapped_column(Instant)

    policy_version: Mapped[PolicyVersion] = relationship()


class CycleApproval(Base):
    """A role's approval of results: of those that ``inputs_sha256`` decides, and no others."""

    __tablename__ = "cycle_approval"
    __table_args__ = (
        UniqueConstraint("cycle_id", "inputs_sha256", "role"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    role: Mapped[str]
    inputs_sha256: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime] = mapped_column(Instant)
    on_behalf_of: Mapped[str | None]  # the account acted for, by its public id

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    principal: Mapped[Account | None] = relationship(
        primaryjoin=lambda: foreign(CycleApproval.on_behalf_of) == Account.public_id, viewonly=True
    )


class Evaluation(Base):
    """What the engine was given and gave: ``trial`` at the lock, ``final`` at the approval.

    ``inputs``, ``outputs`` and ``grants`` are canonical JSON lines; a replay must give the
    same bytes. ``records``, of a trial, is the JSON list of the record versions that its
    inputs were measured on, so that a correction made later does not change what they show.
    """

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("cycle_id", "stage"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    stage: Mapped[str]
    version_digest: Mapped[str]
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    outputs: Mapped[bytes] = mapped_column(LargeBinary)
    grants: Mapped[bytes] = mapped_column(LargeBinary)
    records: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    evaluated_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of inputs, outputs and grants, in hex."""
        return digests_of(self.inputs, self.outputs, self.grants)


class Rerun(Base):
    """A cycle computed again after its approval, and what came out.

    ``cause``: ``records`` (run again on the records as they had become), ``late`` (somebody
    held back was approved) or ``appeal`` (a correction was granted). The bytes are kept as an
    evaluation's are; the evaluations themselves stay as they were.
    """

    __tablename__ = "rerun"
    __table_args__ = (UniqueConstraint("cycle_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    seq: Mapped[int]
    cause: Mapped[str] = mapped_column(server_default="records")
    reason: Mapped[str] = mapped_column(Text)
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    outputs: Mapped[bytes] = mapped_column(LargeBinary)
    grants: Mapped[bytes] = mapped_column(LargeBinary)
    records: Mapped[bytes] = mapped_column(LargeBinary)
    run_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    run_at: Mapped[datetime] = mapped_column(Instant)


class Relock(Base):
    """A locked cycle to be measured anew, because what it was measured on has changed.

    ``proposed`` with a reason, then ``approved`` (it was measured again, and what the lock had
    given is kept here) or ``declined``.
    """

    __tablename__ = "relock"
    __table_args__ = (
        Index(
            "uq_relock_proposed",
            "cycle_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str | None] = mapped_column(Text)
    inputs: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    outputs: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    grants: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    records: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    evaluated_at: Mapped[datetime | None] = mapped_column(Instant)

    cycle: Mapped[Cycle] = relationship()
    proposer: Mapped[Account] = relationship(foreign_keys=[proposed_by])
    decider: Mapped[Account | None] = relationship(foreign_keys=[decided_by])


class LateRecord(Base):
    """A record dated in the locked period of ``from_cycle_id`` that ``cycle_id`` counts instead.

    Kept at the lock, by measure; a record counts late once.
    """

    __tablename__ = "late_record"
    __table_args__ = (
        UniqueConstraint("cycle_id", "record_id", "measure"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), index=True)
    measure: Mapped[str]
    from_cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)


class Seal(Base):
    """The digests that a closed cycle is held to, and the checkpoint of the log behind them."""

    __tablename__ = "seal"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), unique=True)
    version_digest: Mapped[str]
    inputs_sha256: Mapped[str]
    outputs_sha256: Mapped[str]
    grants_sha256: Mapped[str]
    checkpoint: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(Instant)
