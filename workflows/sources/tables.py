"""Imports, the records they brought in every version, and what was quarantined.

Customers and products are records too (``kind``), so that one way of correcting and of
keeping both versions serves them all.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    and_,
    func,
    text,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from workflows.accounts.tables import Account
from workflows.base.database import Base
from workflows.base.types import Instant, Key, Scaled

ALWAYS = date.min


class SourceImport(Base):
    """One run of a source file over a folder: ``running``, then ``done`` or ``abandoned``.

    An upload that brought nothing new ends as ``unchanged``.
    """

    __tablename__ = "source_import"
    __table_args__ = (
        # One at a time: what a row may refer to must not change while it is read.
        Index(
            "uq_source_import_running",
            "state",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    source_text: Mapped[str | None] = mapped_column(Text)  # mended rows are read by it
    state: Mapped[str]  # running | done | unchanged | abandoned
    files: Mapped[list[Any]]  # [{name, sha256, rows}]
    rows_total: Mapped[int | None]  # how many rows there are to write, once they are read
    rows_done: Mapped[int | None]
    counts: Mapped[dict[str, Any]]
    parts: Mapped[list[Any] | None]  # [{name, file, read, new, corrected, …}]: how each fared
    faults: Mapped[list[Any] | None]  # why it was abandoned
    rows_root: Mapped[str | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    actor: Mapped[Account | None] = relationship()


class QuarantinedRow(Base):
    """A row that did not go in: where it is, why, and the row itself."""

    __tablename__ = "quarantined_row"
    __table_args__ = (UniqueConstraint("import_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("source_import.id"))
    seq: Mapped[int]
    part: Mapped[str | None]  # what the row would have been; rows of old imports do not say
    file: Mapped[str]
    line: Mapped[int]
    column: Mapped[str | None]
    code: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str]
    params: Mapped[dict[str, Any]]
    row: Mapped[dict[str, Any]]

    source_import: Mapped[SourceImport] = relationship()
    mend: Mapped[QuarantineMend | None] = relationship(
        primaryjoin=lambda: QuarantineMend.of(QuarantinedRow), viewonly=True, uselist=False
    )


class QuarantineMend(Base):
    """How a quarantined row ended: mended and ``taken_in``, or ``set_aside`` for good.

    The row itself stays as it came. ``row`` is what was typed instead, ``brought_id`` the
    import entry that took it in. One mend serves all the reasons that a row was refused for.
    """

    __tablename__ = "quarantine_mend"
    __table_args__ = (
        UniqueConstraint("import_id", "file", "line", "part"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("source_import.id"))
    file: Mapped[str]
    line: Mapped[int]
    part: Mapped[str]
    outcome: Mapped[str]  # taken_in | set_aside
    row: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    brought_id: Mapped[int | None] = mapped_column(ForeignKey("source_import.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    mended_at: Mapped[datetime] = mapped_column(Instant)

    actor: Mapped[Account | None] = relationship()
    brought: Mapped[SourceImport | None] = relationship(foreign_keys=[brought_id])

    @classmethod
    def of(cls, rows: type[QuarantinedRow]) -> ColumnElement[bool]:
        """Return the condition that joins ``rows`` to how they ended."""
        return and_(
            foreign(cls.import_id) == rows.import_id,
            foreign(cls.file) == rows.file,
            foreign(cls.line) == rows.line,
            func.coalesce(rows.part, cls.part) == foreign(cls.part),
        )


class Record(Base):
    """One deal, order, customer, product…; its current version is the last one finished."""

    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("kind", "code"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    code: Mapped[str]
    source: Mapped[str]
    # No database constraint: the version row refers here, and both are born together.
    current_version_id: Mapped[int | None] = mapped_column(Key, index=True)


class RecordVersion(Base):
    """A record as one import gave it; never changed, a correction is the next version."""

    __tablename__ = "record_version"
    __table_args__ = (UniqueConstraint("record_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    seq: Mapped[int]
    import_id: Mapped[int] = mapped_column(ForeignKey("source_import.id"), index=True)
    digest: Mapped[str]
    fields: Mapped[dict[str, Any]]  # canonical text: dates ISO, decimals plain

    record: Mapped[Record] = relationship()
    source_import: Mapped[SourceImport] = relationship()
    credits: Mapped[list[CreditLine]] = relationship()


class CreditLine(Base):
    """Whose a record is: a person's share in a role, from the day ``since`` on.

    A handover 交接 has lines of several days: those of the latest day that has come hold, and
    the lines of each day sum to one. ``ALWAYS`` is the day of lines that held from the start.
    """

    __tablename__ = "credit_line"
    __table_args__ = (
        UniqueConstraint("record_version_id", "person_id", "role", "since"),
        Index("ix_credit_line_person_id", "person_id"),
        Index(
            "ix_credit_line_since",
            "since",
            sqlite_where=text("since > '0001-01-01'"),
            postgresql_where=text("since > '0001-01-01'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    record_version_id: Mapped[int] = mapped_column(ForeignKey("record_version.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    share: Mapped[Decimal] = mapped_column(Scaled(10))
    since: Mapped[date] = mapped_column(default=ALWAYS, server_default=ALWAYS.isoformat())
