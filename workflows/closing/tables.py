"""What holds a review back, the seals that it has had, and proposals to open it again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.cycles.tables import Rerun
from workflows.reviews.tables import Review


class ReviewHold(Base):
    """A review kept back by HR, with the reason; it holds until it is released."""

    __tablename__ = "review_hold"
    __table_args__ = (UniqueConstraint("review_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    seq: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    held_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    held_at: Mapped[datetime] = mapped_column(Instant)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    release_reason: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review] = relationship()

    def covers(self, moment: datetime) -> bool:
        """Say whether the review was held back at a moment."""
        return self.held_at <= moment and (self.released_at is None or self.released_at > moment)


class ReviewSeal(Base):
    """The digests that one closed review is held to; ``number`` counts from 1, never changed.

    They are of the person's own lines of the computation that the review was closed on: the
    cycle's approval, or the rerun ``rerun_id`` where something was settled after it.
    """

    __tablename__ = "review_seal"
    __table_args__ = (UniqueConstraint("review_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    number: Mapped[int]
    rerun_id: Mapped[int | None] = mapped_column(ForeignKey("rerun.id"))
    version_digest: Mapped[str]
    inputs_sha256: Mapped[str]
    outputs_sha256: Mapped[str]
    grants_sha256: Mapped[str]
    checkpoint: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(Instant)

    review: Mapped[Review] = relationship()
    rerun: Mapped[Rerun | None] = relationship()

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of the person's own inputs, outputs and grants, in hex."""
        return {
            "inputs": self.inputs_sha256,
            "outputs": self.outputs_sha256,
            "grants": self.grants_sha256,
        }


class Reopening(Base):
    """A proposal to open a closed review again: ``open`` → ``approved`` or ``declined``.

    ``number`` is the seal that it opens: one proposal waits for each.
    """

    __tablename__ = "reopening"
    __table_args__ = (UniqueConstraint("review_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    seq: Mapped[int]
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str]
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_reason: Mapped[str | None] = mapped_column(Text)

    review: Mapped[Review] = relationship()
    proposer: Mapped[Account | None] = relationship(foreign_keys=[proposed_by])
