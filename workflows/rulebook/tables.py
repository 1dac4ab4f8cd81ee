"""Policies, their versions, from when each is in force, and the drafts that become versions.

A version is named by the digest of its canonical form, and frozen. A publication says from which
day a version is in force; nothing is ever taken back, a later publication overrides. A draft is
what somebody is writing: a row with a counter, and append-only edits, so that whoever was not the
first to save can be shown what the other one changed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key


class PolicyRow(Base):
    """A policy's lasting identity; what it says is in its versions."""

    __tablename__ = "policy"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, Any]]


class PolicyVersion(Base):
    """One frozen state of a policy: ``submitted``, then ``published`` or ``withdrawn``.

    Publisher, time and reason are those of its newest publication. ``standing`` is filled where
    a reader asks for it (``standing.standing``): what the version is on a certain day.
    """

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
    standing: Mapped[str] = query_expression()


class Publication(Base):
    """A version put in force from ``effective_on`` (None: from the beginning); never changed.

    On a day that publication rules which begins last, at the latest on that day; of two that
    begin on one day, the one published later.
    """

    __tablename__ = "policy_publication"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    policy_id: Mapped[int] = mapped_column(ForeignKey("policy.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("policy_version.id"))
    effective_on: Mapped[date | None]
    published_at: Mapped[datetime] = mapped_column(Instant)
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    is_retroactive: Mapped[bool]

    version: Mapped[PolicyVersion] = relationship()


class PolicyDraft(Base):
    """What will be the next version: ``open``, ``submitted``, ``published``; or ``discarded``.

    A submission that is withdrawn opens it again. ``seq`` is the number of its newest edit;
    whoever saves says which one they saw.
    """

    __tablename__ = "policy_draft"
    __table_args__ = (
        Index(
            "uq_policy_draft_open",
            "policy_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'submitted')"),
            postgresql_where=text("state IN ('open', 'submitted')"),
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
