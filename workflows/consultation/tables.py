"""What was held with employees about a draft: who took part, what was said, what was answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key


class Consultation(Base):
    """One step of the procedure 民主程序, as it was recorded; never changed.

    ``kind``: ``discussion`` 讨论 (of all, or of the congress), ``opinions`` 方案和意见,
    ``negotiation`` 平等协商 (with the union or representatives), ``publicity`` 公示告知.
    """

    __tablename__ = "consultation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_draft.id"), index=True)
    kind: Mapped[str]
    held_on: Mapped[date]
    participants: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    recorder_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)

    recorder: Mapped[Account] = relationship()
    files: Mapped[list[ConsultationFile]] = relationship(order_by="ConsultationFile.id")
    opinions: Mapped[list[Opinion]] = relationship(order_by="Opinion.id")


class ConsultationFile(Base):
    """An attachment as it was sent, named by its SHA-256; never changed."""

    __tablename__ = "consultation_file"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Opinion(Base):
    """What somebody said of the draft, and the answer: ``accepted``, ``partly`` or ``declined``."""

    __tablename__ = "opinion"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"), index=True)
    said_by: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    verdict: Mapped[str | None]
    answer: Mapped[str | None] = mapped_column(Text)
    answerer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)

    answerer: Mapped[Account | None] = relationship()
