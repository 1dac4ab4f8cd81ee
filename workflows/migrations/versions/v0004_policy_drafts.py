"""Drafts of policies, their edits, and the cases that a version holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0004"
down_revision = "0003"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("policy_version", sa.Column("cases", sa.Text(), nullable=True))
    op.create_table(
        "policy_draft",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("policy_id", _KEY, nullable=False),
        sa.Column("base_id", _KEY, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version_id", _KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["policy.id"], name=op.f("fk_policy_draft_policy_id")
        ),
        sa.ForeignKeyConstraint(
            ["base_id"], ["policy_version.id"], name=op.f("fk_policy_draft_base_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["policy_version.id"], name=op.f("fk_policy_draft_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_draft")),
        sqlite_autoincrement=True,
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_policy_draft_open",
        "policy_draft",
        ["policy_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "policy_edit",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("cases", sa.Text(), nullable=True),
        sa.Column("author_id", _KEY, nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["policy_draft.id"], name=op.f("fk_policy_edit_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_policy_edit_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_edit")),
        sa.UniqueConstraint("draft_id", "seq", name=op.f("uq_policy_edit_draft_id_seq")),
        sqlite_autoincrement=True,
    )
    make_append_only("policy_edit")
