"""Check-ins, measures and alerts; plans and their notes; surveys about the programme."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0019"
down_revision = "0018"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _check_ins()
    _plans()
    _undertakings()
    _alerts()
    _surveys()
    for table in ("undertaking_carried", "alert_fired", "plan_note"):
        make_append_only(table)


def _check_ins() -> None:
    _table(
        "check_in",
        _text("public_id"),
        _text("kind"),
        _text("rhythm"),
        _reference("cycle_id", "cycle"),
        _reference("review_id", "review", nullable=True),
        _reference("unit_id", "unit", nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=False),
        _text("state"),
        sa.Column("version", sa.Integer(), nullable=False),
        _reference("planned_by", "account", nullable=True),
        sa.Column("planned_at", _INSTANT, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("agenda", sa.JSON(), nullable=True),
        *(_long(name) for name in ("summary", "praise", "problems", "advice")),
        _reference("recorded_by", "account", nullable=True),
        sa.Column("recorded_at", _INSTANT, nullable=True),
        unique=(("public_id",),),
        indexed=("cycle_id", "review_id", "unit_id"),
    )


def _plans() -> None:
    _table(
        "plan",
        _text("public_id"),
        _text("kind"),
        _reference("person_id", "person"),
        _reference("review_id", "review"),
        _reference("grant_id", "ledger_entry", nullable=True),
        _text("state"),
        sa.Column("version", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("rule", "kpi", "path")),
        sa.Column("goal", sa.Text(), nullable=False),
        *(_long(name) for name in ("training", "strengths", "needs")),
        _reference("mentor_id", "person", nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("diagnosis", sa.JSON(), nullable=False),
        _reference("drafted_by", "account", nullable=True),
        sa.Column("drafted_at", _INSTANT, nullable=False),
        *(
            sa.Column(name, _INSTANT, nullable=True)
            for name in ("person_agreed_at", "manager_agreed_at", "started_at", "evaluated_at")
        ),
        sa.Column("effect", sa.JSON(), nullable=True),
        _long("conclusion"),
        sa.Column("ended_at", _INSTANT, nullable=True),
        _long("reason"),
        unique=(("public_id",),),
        indexed=("person_id", "review_id"),
    )
    _table(
        "plan_note",
        _reference("plan_id", "plan"),
        _text("kind"),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _long("link"),
        _reference("author_id", "account", nullable=True),
        sa.Column("noted_at", _INSTANT, nullable=False),
        indexed=("plan_id",),
    )


def _undertakings() -> None:
    _table(
        "undertaking",
        _text("public_id"),
        _reference("check_in_id", "check_in", nullable=True),
        _reference("plan_id", "plan", nullable=True),
        sa.Column("quarter", sa.String(), nullable=True),
        _reference("review_id", "review", nullable=True),
        _reference("unit_id", "unit", nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        _reference("owner_id", "person"),
        sa.Column("due_on", sa.Date(), nullable=False),
        _text("state"),
        sa.Column("agreed_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        _reference("ended_by", "account", nullable=True),
        _long("reason"),
        _long("effect"),
        unique=(("public_id",),),
        indexed=("check_in_id", "plan_id", "quarter", "review_id", "unit_id", "owner_id"),
    )
    _table(
        "undertaking_carried",
        _reference("check_in_id", "check_in"),
        _reference("undertaking_id", "undertaking"),
        _text("state"),
        _long("note"),
        unique=(("check_in_id", "undertaking_id"),),
        indexed=("undertaking_id",),
    )


def _alerts() -> None:
    _table(
        "alert_fired",
        _reference("review_id", "review"),
        _text("code"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("gone", sa.BigInteger(), nullable=False),
        sa.Column("gauge", sa.BigInteger(), nullable=True),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("fired_at", _INSTANT, nullable=False),
        unique=(("review_id", "code", "seq"),),
    )


def _surveys() -> None:
    _table(
        "survey",
        _text("public_id"),
        _text("quarter"),
        sa.Column("closes_on", sa.Date(), nullable=False),
        _text("state"),
        _reference("opened_by", "account", nullable=True),
        sa.Column("opened_at", _INSTANT, nullable=False),
        unique=(("public_id",), ("quarter",)),
    )
    # Without row ids: the order of coming in is kept nowhere.
    op.create_table(
        "survey_taken",
        sa.Column("survey_id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        _refers("survey_taken", "survey_id", "survey"),
        _refers("survey_taken", "person_id", "person"),
        sa.PrimaryKeyConstraint("survey_id", "person_id", name=op.f("pk_survey_taken")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_answer",
        _text("key"),
        sa.Column("survey_id", _KEY, nullable=False),
        _text("audience"),
        sa.Column("region_id", _KEY, nullable=True),
        sa.Column("scores", sa.JSON(), nullable=False),
        _long("text"),
        _refers("survey_answer", "survey_id", "survey"),
        _refers("survey_answer", "region_id", "unit"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_survey_answer")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_answer_survey_id"), "survey_answer", ["survey_id"])


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _long(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=True)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def _table(
    name: str,
    *columns: sa.Column[Any] | tuple[sa.Column[Any], str],
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
        *(_refers(name, column.name, other) for column, other in refers),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *(sa.UniqueConstraint(*each, name=op.f(f"uq_{name}_{'_'.join(each)}")) for each in unique),
        sqlite_autoincrement=True,
    )
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _reference(column: str, other: str, *, nullable: bool = False) -> tuple[sa.Column[Any], str]:
    return sa.Column(column, _KEY, nullable=nullable), other
