"""Rows mended out of quarantine, what an import tells of itself, and approvals by role."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0005"
down_revision = "0004"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("source_text", sa.Text(), nullable=True),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=True),
        sa.Column("faults", sa.JSON(), nullable=True),
    ):
        op.add_column("source_import", column)
    op.add_column("quarantined_row", sa.Column("part", sa.String(), nullable=True))
    _quarantine_mend()
    _cycle_approval()
    for table in ("quarantine_mend", "cycle_approval"):
        make_append_only(table)


def _quarantine_mend() -> None:
    name = "quarantine_mend"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("import_id", _KEY, nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("brought_id", _KEY, nullable=True),
        sa.Column("actor_id", _KEY, nullable=True),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["source_import.id"], name=op.f(f"fk_{name}_import_id")
        ),
        sa.ForeignKeyConstraint(
            ["brought_id"], ["source_import.id"], name=op.f(f"fk_{name}_brought_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f(f"fk_{name}_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "import_id", "file", "line", "part", name=op.f(f"uq_{name}_import_id_file_line_part")
        ),
        sqlite_autoincrement=True,
    )


def _cycle_approval() -> None:
    name = "cycle_approval"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("cycle_id", _KEY, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("inputs_sha256", sa.String(), nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f(f"fk_{name}_cycle_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{name}_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "cycle_id",
            "inputs_sha256",
            "role",
            name=op.f(f"uq_{name}_cycle_id_inputs_sha256_role"),
        ),
        sqlite_autoincrement=True,
    )
