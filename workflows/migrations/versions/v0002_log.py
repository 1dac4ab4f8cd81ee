"""The tamper-evident log."""

from __future__ import annotations

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "log_entry",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log_entry")),
    )
    op.create_index(op.f("ix_log_entry_actor"), "log_entry", ["actor"], unique=False)
    op.create_index("ix_log_entry_subject", "log_entry", ["subject_kind", "subject_id"])
    head = op.create_table(
        "log_head",
        sa.Column("id", key, autoincrement=False, nullable=False),
        sa.Column("size", key, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    # The root of no entries is the hash of nothing (RFC 6962, section 2.1).
    op.bulk_insert(head, [{"id": 1, "size": 0, "root": sha256(b"").digest(), "frontier": b""}])
    op.create_table(
        "log_checkpoint",
        sa.Column("size", key, autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_value",
        sa.Column("seq", key, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["log_entry.seq"], name=op.f("fk_log_value_seq")),
        sa.PrimaryKeyConstraint("seq", "name", name=op.f("pk_log_value")),
    )
    op.create_index(op.f("ix_log_value_person"), "log_value", ["person"], unique=False)
    for table in ("log_entry", "log_checkpoint", "log_value"):
        make_append_only(table)
