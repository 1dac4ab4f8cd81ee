"""Who reports which figure, what they reported, and the files behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.cycles.tables import Cycle


class FigureProvider(Base):
    """Whom HR named for a figure of a policy: one account reports it, another one checks it."""

    __tablename__ = "figure_provider"
    __table_args__ = (UniqueConstraint("policy_id", "name"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    name: Mapped[str]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    checker_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    named_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    named_at: Mapped[datetime] = mapped_column(Instant)

    reporter: Mapped[Account] = relationship(foreign_keys=[reporter_id])
    checker: Mapped[Account] = relationship(foreign_keys=[checker_id])


class FigureReport(Base):
    """Figures of one name for people of a cycle: ``reported``, then ``checked`` (they count from
    then on) or ``returned`` with a reason; ``replaced`` by a newer report before it was checked.

    ``figures`` is ``{person's code: canonical text}``.
    """

    __tablename__ = "figure_report"
    __table_args__ = (
        Index("ix_figure_report_cycle_id_name", "cycle_id", "name"),
        Index("ix_figure_report_state", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    name: Mapped[str]
    state: Mapped[str]
    figures: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    reported_at: Mapped[datetime] = mapped_column(Instant)
    checker_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)

    cycle: Mapped[Cycle] = relationship()
    reporter: Mapped[Account] = relationship(foreign_keys=[reporter_id])
    checker: Mapped[Account | None] = relationship(foreign_keys=[checker_id])
    files: Mapped[list[FigureFile]] = relationship(order_by="FigureFile.id")


class FigureFile(Base):
    """An attachment of a report as it was sent, named by its SHA-256; never changed."""

    __tablename__ = "figure_file"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("figure_report.id"), index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ReportedFigure(Base):
    """That a given figure came of a checked report; never changed."""

    __tablename__ = "reported_figure"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    figure_id: Mapped[int] = mapped_column(ForeignKey("figure.id"), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("figure_report.id"), index=True)

    report: Mapped[FigureReport] = relationship()
