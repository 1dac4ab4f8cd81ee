"""Times that are waited for, and what people are told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _timer()
    _notice()


def _timer() -> None:
    op.create_table(
        "timer",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_timer_kind_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_timer_state_due_at", "timer", ["state", "due_at"])


def _notice() -> None:
    op.create_table(
        "notice",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("tone", sa.String(), nullable=False),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notice_person_id_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notice_public_id")),
        sqlite_autoincrement=True,
    )
