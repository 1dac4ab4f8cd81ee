"""Comments on drafts, consultations, and everybody's own copy of what they are appraised by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0010"
down_revision = "0009"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _comments()
    _consultation()
    _agreements()
    for table in ("comment", "consultation", "consultation_file", "agreement_terms"):
        make_append_only(table)


def _comments() -> None:
    _table(
        "comment_thread",
        _reference("draft_id", "policy_draft"),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("trail", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        indexed=("draft_id",),
    )
    _table(
        "comment",
        _reference("thread_id", "comment_thread"),
        sa.Column("edit_seq", sa.Integer(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _reference("author_id", "account"),
        sa.Column("said_at", _INSTANT, nullable=False),
        indexed=("thread_id",),
    )


def _consultation() -> None:
    _table(
        "consultation",
        sa.Column("public_id", sa.String(), nullable=False),
        _reference("draft_id", "policy_draft"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _reference("recorder_id", "account"),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        unique=(("public_id",),),
        indexed=("draft_id",),
    )
    _table(
        "consultation_file",
        _reference("consultation_id", "consultation"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        indexed=("consultation_id",),
    )
    _table(
        "opinion",
        _reference("consultation_id", "consultation"),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        _reference("answerer_id", "account", nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        indexed=("consultation_id",),
    )


def _agreements() -> None:
    _table(
        "agreement_terms",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        unique=(("sha256",),),
    )
    _table(
        "agreement",
        sa.Column("public_id", sa.String(), nullable=False),
        _reference("policy_id", "policy"),
        _reference("version_id", "policy_version"),
        _reference("cycle_id", "cycle", nullable=True),
        _reference("person_id", "person"),
        _reference("team_id", "unit", nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        _reference("terms_id", "agreement_terms"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("delivered_at", _INSTANT, nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        _reference("answerer_id", "account", nullable=True),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ending", sa.String(), nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        unique=(("public_id",), ("policy_id", "period", "person_id", "copy")),
        indexed=("cycle_id", "person_id"),
    )
    current = sa.text("ending IS NULL")
    op.create_index(
        "uq_agreement_current",
        "agreement",
        ["policy_id", "period", "person_id"],
        unique=True,
        sqlite_where=current,
        postgresql_where=current,
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
