"""The log's rows. A leaf holds everything; the columns beside it repeat it for lists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.base.database import Base
from workflows.base.types import Instant, Key


class LogEntry(Base):
    """One thing that was done; ``seq`` counts from 0 and is the leaf's index in the tree.

    ``root`` is the tree's root with this entry as the last, and ``signature`` the log's own
    (key id and Ed25519) under the checkpoint of that root: so a changed history shows at
    the very entry where it begins to differ.
    """

    __tablename__ = "log_entry"
    __table_args__ = (Index("ix_log_entry_subject", "subject_kind", "subject_id"),)

    seq: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    action: Mapped[str]
    actor: Mapped[str] = mapped_column(index=True)
    on_behalf_of: Mapped[str | None]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class LogHead(Base):
    """The one row that every append takes, last in its transaction: it orders the entries."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(Key)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """A checkpoint that was given out, as the signed note that it was given as."""

    __tablename__ = "log_checkpoint"
    __table_args__ = ()

    size: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class LogValue(Base):
    """A personal value of an entry, readable while its person's key exists."""

    __tablename__ = "log_value"
    __table_args__ = ()

    seq: Mapped[int] = mapped_column(
        ForeignKey("log_entry.seq"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(index=True)
    key_id: Mapped[str]
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)
