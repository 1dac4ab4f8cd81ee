"""Audits of results: samples that were drawn, and what was found of each line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0023"
down_revision = "0022"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _result_audit()
    _audited_result()
    make_append_only("result_audit")


def _result_audit() -> None:
    name = "result_audit"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("cycle_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("strata", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("population_sha256", sa.String(), nullable=False),
        sa.Column("drawn_by", _KEY, nullable=False),
        sa.Column("drawn_at", _INSTANT, nullable=False),
        _refers(name, "cycle_id", "cycle"),
        _refers(name, "drawn_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sa.UniqueConstraint("cycle_id", "seq", name=op.f(f"uq_{name}_cycle_id_seq")),
        sqlite_autoincrement=True,
    )


def _audited_result() -> None:
    name = "audited_result"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("audit_id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("replayed", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("checked_by", _KEY, nullable=True),
        sa.Column("checked_at", _INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", _KEY, nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        _refers(name, "audit_id", "result_audit"),
        _refers(name, "review_id", "review"),
        _refers(name, "checked_by", "account"),
        _refers(name, "answered_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("audit_id", "review_id", name=op.f(f"uq_{name}_audit_id_review_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f(f"ix_{name}_review_id"), name, ["review_id"])
    op.create_index(op.f(f"ix_{name}_state"), name, ["state"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))
