"""Calibration sessions: over whom, who takes part, every move, and what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0017"
down_revision = "0016"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _session()
    _who()
    _card()
    _what_happened()
    for table in ("calibration_move", "calibration_event"):
        make_append_only(table)


def _session() -> None:
    _table(
        "calibration_session",
        sa.Column("public_id", sa.String(), nullable=False),
        _reference("cycle_id", "cycle"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("exceeded_reason", sa.Text(), nullable=True),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        _reference("closer_id", "account", nullable=True),
        unique=(("public_id",),),
        indexed=("cycle_id",),
    )


def _who() -> None:
    _table(
        "calibration_unit",
        _reference("session_id", "calibration_session"),
        _reference("unit_id", "unit"),
        unique=(("session_id", "unit_id"),),
    )
    _table(
        "calibration_participant",
        _reference("session_id", "calibration_session"),
        _reference("account_id", "account"),
        unique=(("session_id", "account_id"),),
    )


def _card() -> None:
    _table(
        "calibration_card",
        _reference("session_id", "calibration_session"),
        _reference("review_id", "review"),
        _reference("unit_id", "unit", nullable=True),
        _reference("manager_id", "person", nullable=True),
        sa.Column("apart", sa.String(), nullable=True),
        sa.Column("left_out", sa.Text(), nullable=True),
        unique=(("session_id", "review_id"),),
    )
    on_board = sa.text("left_out IS NULL")
    op.create_index(
        "uq_calibration_card_on_board",
        "calibration_card",
        ["review_id"],
        unique=True,
        sqlite_where=on_board,
        postgresql_where=on_board,
    )


def _what_happened() -> None:
    _table(
        "calibration_move",
        _reference("session_id", "calibration_session"),
        _reference("change_id", "grade_change"),
        unique=(("change_id",),),
        indexed=("session_id",),
    )
    _table(
        "calibration_event",
        _reference("session_id", "calibration_session"),
        sa.Column("deed", sa.String(), nullable=False),
        _reference("actor_id", "account", nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("happened_at", _INSTANT, nullable=False),
        indexed=("session_id",),
    )


def _table(
    name: str,
    *columns: sa.Column[object] | tuple[sa.Column[object], str],
    unique: tuple[tuple[str, ...], ...] = (),
    indexed: tuple[str, ...] = (),
) -> None:
    """Create a table with its key; a column that refers to a table comes with that one's name."""
    plain = [each if isinstance(each, sa.Column) else each[0] for each in columns]
    refers = [each for each in columns if not isinstance(each, sa.Column)]
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        *plain,
        *(
            sa.ForeignKeyConstraint(
                [column.name], [f"{other}.id"], name=op.f(f"fk_{name}_{column.name}")
            )
            for column, other in refers
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(*each, name=op.f(f"uq_{name}_{'_'.join(each)}")) for each in unique),
        sqlite_autoincrement=True,
    )
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _reference(column: str, other: str, *, nullable: bool = False) -> tuple[sa.Column[object], str]:
    return sa.Column(column, _KEY, nullable=nullable), other
