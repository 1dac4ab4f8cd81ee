"""Simulations of rule changes, kept with what they argued for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0009"
down_revision = "0008"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _simulation()
    _candidate()
    _result()
    for table in ("simulation_candidate", "simulation_result"):
        make_append_only(table)


def _simulation() -> None:
    name = "simulation"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("policy_id", _KEY, nullable=False),
        sa.Column("cycle_id", _KEY, nullable=False),
        sa.Column("base_id", _KEY, nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("author_id", _KEY, nullable=True),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("faults", sa.JSON(), nullable=True),
        _references(name, "policy_id", "policy"),
        _references(name, "cycle_id", "cycle"),
        _references(name, "base_id", "policy_version"),
        _references(name, "author_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sqlite_autoincrement=True,
    )


def _candidate() -> None:
    name = "simulation_candidate"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("simulation_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        _references(name, "simulation_id", "simulation"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("simulation_id", "seq", name=op.f(f"uq_{name}_simulation_id_seq")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f(f"ix_{name}_digest"), name, ["digest"])


def _result() -> None:
    name = "simulation_result"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("candidate_id", _KEY, nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("movers", sa.LargeBinary(), nullable=False),
        _references(name, "candidate_id", "simulation_candidate"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("candidate_id", name=op.f(f"uq_{name}_candidate_id")),
        sqlite_autoincrement=True,
    )


def _references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
