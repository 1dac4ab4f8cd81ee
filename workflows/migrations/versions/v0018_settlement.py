"""Holds, seals and reopenings of single reviews; appeals; feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0018"
down_revision = "0017"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)
_HISTORY = (
    "review_seal",
    "appeal_item",
    "appeal_correction",
    "appeal_step",
    "feedback_note",
    "upward_feedback",
)


def upgrade() -> None:
    op.add_column(
        "rerun", sa.Column("cause", sa.String(), nullable=False, server_default="records")
    )
    _review_hold()
    _review_seal()
    _reopening()
    _appeal()
    _appeal_item()
    _appeal_correction()
    _appeal_step()
    _feedback_talk()
    _feedback_note()
    _upward_feedback()
    for table in _HISTORY:
        make_append_only(table)


def _review_hold() -> None:
    name = "review_hold"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", _KEY, nullable=True),
        sa.Column("held_at", _INSTANT, nullable=False),
        sa.Column("released_by", _KEY, nullable=True),
        sa.Column("released_at", _INSTANT, nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        _references(name, "review_id", "review"),
        _references(name, "held_by", "account"),
        _references(name, "released_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("review_id", "seq", name=op.f(f"uq_{name}_review_id_seq")),
        sqlite_autoincrement=True,
    )


def _review_seal() -> None:
    name = "review_seal"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rerun_id", _KEY, nullable=True),
        sa.Column("version_digest", sa.String(), nullable=False),
        sa.Column("inputs_sha256", sa.String(), nullable=False),
        sa.Column("outputs_sha256", sa.String(), nullable=False),
        sa.Column("grants_sha256", sa.String(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("sealed_at", _INSTANT, nullable=False),
        _references(name, "review_id", "review"),
        _references(name, "rerun_id", "rerun"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("review_id", "number", name=op.f(f"uq_{name}_review_id_number")),
        sqlite_autoincrement=True,
    )


def _reopening() -> None:
    name = "reopening"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", _KEY, nullable=True),
        sa.Column("proposed_at", _INSTANT, nullable=False),
        sa.Column("decided_by", _KEY, nullable=True),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        _references(name, "review_id", "review"),
        _references(name, "proposed_by", "account"),
        _references(name, "decided_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("review_id", "seq", name=op.f(f"uq_{name}_review_id_seq")),
        sqlite_autoincrement=True,
    )


def _appeal() -> None:
    name = "appeal"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("submitted_at", _INSTANT, nullable=False),
        sa.Column("answer_due", _INSTANT, nullable=False),
        sa.Column("handler_id", _KEY, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.Column("escalated_at", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("rerun_id", _KEY, nullable=True),
        _references(name, "review_id", "review"),
        _references(name, "handler_id", "account"),
        _references(name, "rerun_id", "rerun"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("review_id", "seq", name=op.f(f"uq_{name}_review_id_seq")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{name}_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_appeal_state", name, ["state"])


def _appeal_item() -> None:
    name = "appeal_item"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("appeal_id", _KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.JSON(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("explanation", sa.JSON(), nullable=False),
        _references(name, "appeal_id", "appeal"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("appeal_id", "name", name=op.f(f"uq_{name}_appeal_id_name")),
        sqlite_autoincrement=True,
    )


def _appeal_correction() -> None:
    name = "appeal_correction"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("appeal_id", _KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=True),
        sa.Column("becomes", sa.String(), nullable=False),
        _references(name, "appeal_id", "appeal"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "appeal_id", "round", "kind", "name", name=op.f(f"uq_{name}_appeal_id_round_kind_name")
        ),
        sqlite_autoincrement=True,
    )


def _appeal_step() -> None:
    name = "appeal_step"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("appeal_id", _KEY, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("actor_id", _KEY, nullable=True),
        sa.Column("taken_at", _INSTANT, nullable=False),
        _references(name, "appeal_id", "appeal"),
        _references(name, "actor_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_appeal_step_appeal_id", name, ["appeal_id"])


def _feedback_talk() -> None:
    name = "feedback_talk"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("praise", sa.Text(), nullable=False),
        sa.Column("criticism", sa.Text(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("prepared_at", _INSTANT, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("silent_after", _INSTANT, nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", _INSTANT, nullable=True),
        _references(name, "review_id", "review"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("review_id", name=op.f(f"uq_{name}_review_id")),
        sqlite_autoincrement=True,
    )


def _feedback_note() -> None:
    name = "feedback_note"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("noted_by", _KEY, nullable=True),
        sa.Column("noted_at", _INSTANT, nullable=False),
        _references(name, "review_id", "review"),
        _references(name, "noted_by", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_note_review_id", name, ["review_id"])


def _upward_feedback() -> None:
    name = "upward_feedback"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("manager_id", _KEY, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("keep", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("given_at", _INSTANT, nullable=False),
        _references(name, "review_id", "review"),
        _references(name, "manager_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("review_id", name=op.f(f"uq_{name}_review_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_upward_feedback_manager_id", name, ["manager_id"])


def _references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
