"""Confirmed records, disputed credits, reported figures, relocks, and late records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0015"
down_revision = "0014"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _dated_credits()
    _crediting()
    _claims()
    _reporting()
    _after_the_lock()
    for table in ("confirmation", "record_override", "figure_file", "reported_figure"):
        make_append_only(table)


def _dated_credits() -> None:
    """Give credit lines the day from which they hold; SQLite writes the table anew."""
    since = sa.Column("since", sa.Date(), nullable=False, server_default="0001-01-01")
    unique = ["record_version_id", "person_id", "role"]
    with op.batch_alter_table("credit_line", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(since)
        table.drop_constraint("uq_credit_line_record_version_id_person_id_role", type_="unique")
        table.create_unique_constraint(
            "uq_credit_line_record_version_id_person_id_role_since", [*unique, "since"]
        )
    dated = sa.text("since > '0001-01-01'")
    op.create_index(
        "ix_credit_line_since", "credit_line", ["since"], sqlite_where=dated, postgresql_where=dated
    )
    if op.get_bind().dialect.name == "sqlite":
        make_append_only("credit_line")  # the triggers went with the table


def _crediting() -> None:
    _table(
        "record_override",
        _reference("version_id", "record_version"),
        sa.Column("said_digest", sa.String(), nullable=False),
        sa.Column("said_fields", sa.JSON(), nullable=False),
        sa.Column("said_credits", sa.JSON(), nullable=False),
        sa.Column("credits", sa.JSON(), nullable=False),
        unique=(("version_id",),),
    )
    _table(
        "credit_difference",
        sa.Column("public_id", sa.String(), nullable=False),
        _reference("record_id", "record"),
        _reference("version_id", "record_version"),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("agreed", sa.JSON(), nullable=False),
        *_decision(sa.Column("reason", sa.Text(), nullable=True)),
        unique=(("public_id",), ("version_id",)),
        indexed=("record_id",),
    )


def _claims() -> None:
    _table(
        "confirmation",
        _reference("review_id", "review"),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        _reference("account_id", "account"),
        sa.Column("confirmed_at", _INSTANT, nullable=False),
        indexed=("review_id",),
    )
    _table(
        "credit_claim",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _reference("review_id", "review", nullable=True),
        _reference("person_id", "person", nullable=True),
        _reference("record_id", "record", nullable=True),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _reference("opened_by", "account"),
        sa.Column("opened_at", _INSTANT, nullable=False),
        *_decision(sa.Column("decision", sa.Text(), nullable=True)),
        unique=(("public_id",),),
        indexed=("person_id", "record_id", "review_id", "state"),
    )
    _table(
        "credit_proposal",
        sa.Column("public_id", sa.String(), nullable=False),
        _reference("claim_id", "credit_claim"),
        _reference("version_id", "record_version"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _reference("proposed_by", "account"),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        unique=(("public_id",),),
        indexed=("claim_id",),
    )
    _only_one("credit_proposal", "open", "claim_id", "state IN ('open', 'declined')")
    _table(
        "credit_answer",
        _reference("proposal_id", "credit_proposal"),
        _reference("person_id", "person"),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _reference("account_id", "account", nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        unique=(("proposal_id", "person_id"),),
        indexed=("person_id",),
    )


def _reporting() -> None:
    _table(
        "figure_provider",
        _reference("policy_id", "policy"),
        sa.Column("name", sa.String(), nullable=False),
        _reference("reporter_id", "account"),
        _reference("checker_id", "account"),
        _reference("named_by", "account", nullable=True),
        sa.Column("named_at", _INSTANT, nullable=False),
        unique=(("policy_id", "name"),),
        indexed=("reporter_id", "checker_id"),
    )
    _table(
        "figure_report",
        sa.Column("public_id", sa.String(), nullable=False),
        _reference("cycle_id", "cycle"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _reference("reporter_id", "account"),
        sa.Column("reported_at", _INSTANT, nullable=False),
        _reference("checker_id", "account", nullable=True),
        sa.Column("checked_at", _INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        unique=(("public_id",),),
        indexed=("state",),
    )
    op.create_index("ix_figure_report_cycle_id_name", "figure_report", ["cycle_id", "name"])
    _table(
        "figure_file",
        _reference("report_id", "figure_report"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        indexed=("report_id",),
    )
    _table(
        "reported_figure",
        _reference("figure_id", "figure"),
        _reference("report_id", "figure_report"),
        unique=(("figure_id",),),
        indexed=("report_id",),
    )


def _after_the_lock() -> None:
    _table(
        "relock",
        _reference("cycle_id", "cycle"),
        sa.Column("reason", sa.Text(), nullable=False),
        _reference("proposed_by", "account"),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        *_decision(sa.Column("decision", sa.Text(), nullable=True)),
        sa.Column("inputs", sa.LargeBinary(), nullable=True),
        sa.Column("outputs", sa.LargeBinary(), nullable=True),
        sa.Column("grants", sa.LargeBinary(), nullable=True),
        sa.Column("records", sa.LargeBinary(), nullable=True),
        sa.Column("evaluated_at", _INSTANT, nullable=True),
        indexed=("cycle_id",),
    )
    _only_one("relock", "proposed", "cycle_id", "state = 'proposed'")
    _table(
        "late_record",
        _reference("cycle_id", "cycle"),
        _reference("record_id", "record"),
        sa.Column("measure", sa.String(), nullable=False),
        _reference("from_cycle_id", "cycle"),
        unique=(("cycle_id", "record_id", "measure"),),
        indexed=("record_id", "from_cycle_id"),
    )


def _decision(
    why: sa.Column[object],
) -> tuple[sa.Column[object] | tuple[sa.Column[object], str], ...]:
    """Return a state, and who decided it, when and why."""
    return (
        sa.Column("state", sa.String(), nullable=False),
        _reference("decided_by", "account", nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        why,
    )


def _only_one(table: str, what: str, column: str, where: str) -> None:
    op.create_index(
        f"uq_{table}_{what}",
        table,
        [column],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
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
