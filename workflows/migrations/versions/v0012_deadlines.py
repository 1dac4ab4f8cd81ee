"""Deadlines of stages, timers that are tried again, and the organisation's own days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("review", sa.Column("due_at", _INSTANT, nullable=True))
    op.add_column("timer", sa.Column("belongs_to", sa.String(), nullable=True))
    op.add_column(
        "timer", sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("timer", sa.Column("retry_at", _INSTANT, nullable=True))
    op.add_column("timer", sa.Column("error", sa.String(), nullable=True))
    op.create_index("ix_timer_belongs_to", "timer", ["belongs_to"])
    _calendar_day()


def _calendar_day() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_worked", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("set_by", _KEY, nullable=True),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], name=op.f("fk_calendar_day_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("day", name=op.f("uq_calendar_day_day")),
        sqlite_autoincrement=True,
    )
