"""Policies and their versions; a version is named by the digest of its canonical form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
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
    """One frozen state of a policy: ``draft``, then ``published``, then ``superseded``."""

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
    state: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    publisher_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None]

    policy: Mapped[PolicyRow] = relationship()
