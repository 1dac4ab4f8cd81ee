"""Submissions, approvals of rules, publications from a date, consents, cycles moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0008"
down_revision = "0007"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _publication()
    _one_draft()
    _submission()
    _approval()
    _cycle_move()
    _consent()
    for table in ("policy_publication", "policy_approval"):
        make_append_only(table)


def _publication() -> None:
    name = "policy_publication"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("policy_id", _KEY, nullable=False),
        sa.Column("version_id", _KEY, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("published_at", _INSTANT, nullable=False),
        sa.Column("publisher_id", _KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_retroactive", sa.Boolean(), nullable=False),
        _references(name, "policy_id", "policy"),
        _references(name, "version_id", "policy_version"),
        _references(name, "publisher_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f(f"ix_{name}_policy_id"), name, ["policy_id"])
    # Until now the version published last was in force, whenever a period began: so the newest
    # of several without a day rules, and the one in force goes last.
    op.execute(
        "INSERT INTO policy_publication "
        "(policy_id, version_id, published_at, publisher_id, reason, is_retroactive) "
        "SELECT policy_id, id, published_at, publisher_id, COALESCE(reason, ''), false "
        "FROM policy_version WHERE published_at IS NOT NULL "
        "ORDER BY CASE WHEN state = 'published' THEN 1 ELSE 0 END, published_at, id"
    )
    op.execute("UPDATE policy_version SET state = 'published' WHERE state = 'superseded'")


def _one_draft() -> None:
    """Let a submitted draft keep its policy's place: there is one in writing or in the balance."""
    op.drop_index("uq_policy_draft_open", "policy_draft")
    lives = sa.text("state IN ('open', 'submitted')")
    op.create_index(
        "uq_policy_draft_open",
        "policy_draft",
        ["policy_id"],
        unique=True,
        sqlite_where=lives,
        postgresql_where=lives,
    )


def _submission() -> None:
    name = "policy_submission"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("draft_id", _KEY, nullable=False),
        sa.Column("edit_seq", sa.Integer(), nullable=False),
        sa.Column("version_id", _KEY, nullable=False),
        sa.Column("submitter_id", _KEY, nullable=False),
        sa.Column("submitted_at", _INSTANT, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moves_money", sa.Boolean(), nullable=False),
        sa.Column("is_retroactive", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _references(name, "draft_id", "policy_draft"),
        _references(name, "version_id", "policy_version"),
        _references(name, "submitter_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_policy_submission_open",
        name,
        ["draft_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _approval() -> None:
    name = "policy_approval"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("submission_id", _KEY, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("approved_at", _INSTANT, nullable=False),
        _references(name, "submission_id", "policy_submission"),
        _references(name, "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("submission_id", "role", name=op.f(f"uq_{name}_submission_id_role")),
        sqlite_autoincrement=True,
    )


def _cycle_move() -> None:
    name = "cycle_move"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("cycle_id", _KEY, nullable=False),
        sa.Column("from_version_id", _KEY, nullable=False),
        sa.Column("to_version_id", _KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("preparer_id", _KEY, nullable=False),
        sa.Column("prepared_at", _INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier_id", _KEY, nullable=True),
        sa.Column("carried_out_at", _INSTANT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _references(name, "cycle_id", "cycle"),
        _references(name, "from_version_id", "policy_version"),
        _references(name, "to_version_id", "policy_version"),
        _references(name, "preparer_id", "account"),
        _references(name, "carrier_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
    is_open = sa.text("state = 'prepared'")
    op.create_index(
        "uq_cycle_move_prepared",
        name,
        ["cycle_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _consent() -> None:
    name = "consent"
    op.create_table(
        name,
        sa.Column("id", _KEY, nullable=False),
        sa.Column("submission_id", _KEY, nullable=True),
        sa.Column("move_id", _KEY, nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("money_before", sa.BigInteger(), nullable=True),
        sa.Column("money_after", sa.BigInteger(), nullable=True),
        sa.Column("grade_before", sa.String(), nullable=True),
        sa.Column("grade_after", sa.String(), nullable=True),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        _references(name, "submission_id", "policy_submission"),
        _references(name, "move_id", "cycle_move"),
        _references(name, "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(
            "submission_id",
            "period",
            "person_id",
            name=op.f(f"uq_{name}_submission_id_period_person_id"),
        ),
        sa.UniqueConstraint("move_id", "person_id", name=op.f(f"uq_{name}_move_id_person_id")),
        sa.CheckConstraint(
            "(submission_id IS NULL) <> (move_id IS NULL)", name=op.f(f"ck_{name}_about_one")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def _references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))
