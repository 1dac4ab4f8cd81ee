"""Given figures, posts and ranks, holdbacks, proposals that wait for a person, reruns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0007"
down_revision = "0006"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("person", sa.Column("post", sa.String(), nullable=True))
    op.add_column("person", sa.Column("rank", sa.String(), nullable=True))
    op.add_column("ledger_entry", sa.Column("payable_from", sa.Date(), nullable=True))
    _figure()
    _proposal()
    _rerun()
    for table in ("figure", "rerun"):
        make_append_only(table)


def _figure() -> None:
    name = "figure"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("cycle_id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("given_by", _KEY, nullable=True),
        sa.Column("given_at", _INSTANT, nullable=False),
        _references(name, "cycle_id", "cycle"),
        _references(name, "person_id", "person"),
        _references(name, "given_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_figure_cycle_id_person_id_name"), name, ["cycle_id", "person_id", "name"]
    )


def _proposal() -> None:
    name = "proposal"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        sa.Column("decided_by", _KEY, nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _references(name, "review_id", "review"),
        _references(name, "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "review_id", "rule", "kind", "seq", name=op.f(f"uq_{name}_review_id_rule_kind_seq")
        ),
        sqlite_autoincrement=True,
    )


def _rerun() -> None:
    name = "rerun"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("cycle_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("outputs", sa.LargeBinary(), nullable=False),
        sa.Column("grants", sa.LargeBinary(), nullable=False),
        sa.Column("records", sa.LargeBinary(), nullable=False),
        sa.Column("run_by", _KEY, nullable=True),
        sa.Column("run_at", _INSTANT, nullable=False),
        _references(name, "cycle_id", "cycle"),
        _references(name, "run_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("cycle_id", "seq", name=op.f(f"uq_{name}_cycle_id_seq")),
        sqlite_autoincrement=True,
    )


def _references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
