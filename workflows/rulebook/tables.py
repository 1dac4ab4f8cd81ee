"""Policies, their versions, and the drafts that become versions.

A version is named by the digest of its canonical form, and frozen. A draft is what somebody is
writing: a row with a counter, and append-only edits, so that whoever was not the first to save
can be shown what the other one changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key


class PolicyRow(Base):
    """A policy's lasting identity; what it says is in its versions."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]


class PolicyVersion(Base):
    """One frozen state of a policy: ``published``, then ``superseded``."""

    __tablename__ = "policy_version"
    __table_args__ = (
        UniqueConstraint("policy_id", "seq"),
        UniqueConstraint("policy_id", "digest"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    seq: Mapped[int]
    digest: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    text_sha256: Mapped[str]
    canonical: Mapped[str] = mapped_column(Text)
    # The cases 用例 that held when it was published; they are not part of the digest.
    cases: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None]

    policy: Mapped[PolicyRow] = relationship()


class PolicyDraft(Base):
    """What will be the next version: ``open``, then ``published`` or ``discarded``.

    ``seq`` is the number of its newest edit; whoever saves says which one they saw.
    """

    __tablename__ = "policy_draft"
    __table_args__ = (
        Index(
            "uq_policy_draft_open",
            "policy_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))
    state: Mapped[str]
    seq: Mapped[int]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("policy_version.id"))

    policy: Mapped[PolicyRow] = relationship()
    base: Mapped[PolicyVersion | None] = relationship(foreign_keys=[base_id])


class PolicyEdit(Base):
    """One state of a draft, never changed; without an author it is the base version's text."""

    __tablename__ = "policy_edit"
    __table_args__ = (UniqueConstraint("draft_id", "seq"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("policy_draft.id"))
    seq: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    cases: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime] = mapped_column(Instant)
