"""Simulations: what was asked, of which texts, and what came out, kept for whoever decides."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled
from workflows.cycles.tables import Cycle
from workflows.rulebook.tables import PolicyRow, PolicyVersion

MONEY_PLACES = 4


class Simulation(Base):
    """A cycle under ``base`` and under each candidate; ``running``, then ``done`` or ``failed``.

    ``done`` of ``steps`` says how far it is. Once it has ended nothing of it changes.
    """

    __tablename__ = "simulation"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    base_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    budget: Mapped[Decimal | None] = mapped_column(Scaled(MONEY_PLACES))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str]
    done: Mapped[int]
    steps: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    faults: Mapped[list[Any] | None]

    policy: Mapped[PolicyRow] = relationship()
    cycle: Mapped[Cycle] = relationship()
    base: Mapped[PolicyVersion] = relationship()
    author: Mapped[Account | None] = relationship()
    candidates: Mapped[list[Candidate]] = relationship(
        order_by="Candidate.seq", back_populates="simulation"
    )


class Candidate(Base):
    """One policy that was tried: edit ``number`` of a ``draft``, or ``version`` ``number``.

    ``canonical`` is what it said, and ``digest`` names it: a version frozen later from the same
    draft has the same digest.
    """

    __tablename__ = "simulation_candidate"
    __table_args__ = (
        UniqueConstraint("simulation_id", "seq"),
        Index("ix_simulation_candidate_digest", "digest"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    simulation_id: Mapped[int] = mapped_column(ForeignKey("simulation.id"))
    seq: Mapped[int]
    kind: Mapped[str]
    number: Mapped[int]
    digest: Mapped[str]
    canonical: Mapped[str] = mapped_column(Text)

    simulation: Mapped[Simulation] = relationship(back_populates="candidates")
    result: Mapped[CandidateResult | None] = relationship(back_populates="candidate")


class CandidateResult(Base):
    """What a candidate gave. ``rows`` are canonical JSON lines, a person each, both sides.

    ``movers`` has every named value of those who move most, from which they are explained.
    """

    __tablename__ = "simulation_result"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("simulation_candidate.id"), unique=True)
    summary: Mapped[dict[str, Any]]
    rows: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    movers: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    candidate: Mapped[Candidate] = relationship(back_populates="result")
