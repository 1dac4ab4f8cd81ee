"""Accounts, their roles and their API tokens.

Column names ``active``, ``password`` and ``fs_uniquifier`` are those that the sign-in
library reads.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.base.database import Base
from workflows.base.types import Instant, Key
from workflows.org.tables import Person, Unit


class Account(Base):
    """Somebody who may sign in; ``person`` is who they are in the organisation, if anybody."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool]
    # Changing it ends every session of the account.
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person | None] = relationship()
    roles: Mapped[list[AccountRole]] = relationship(lazy="selectin")


class AccountRole(Base):
    """A role; ``unit`` limits an HR of a region to that region."""

    __tablename__ = "account_role"
    __table_args__ = (
        UniqueConstraint("account_id", "role", "unit_id"),
        Index(
            "uq_account_role_everywhere",
            "account_id",
            "role",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    unit: Mapped[Unit | None] = relationship()


class ApiToken(Base):
    """A token that a program shows; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    account: Mapped[Account] = relationship()
