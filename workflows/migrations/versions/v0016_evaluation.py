"""Self reports and their meetings, ratings, and what people contribute to others' work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0016"
down_revision = "0015"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _reports()
    _meetings()
    _ratings()
    _contributions()
    for table in ("self_report_submission", "report_comment", "panel_score", "rating_result"):
        make_append_only(table)


def _reports() -> None:
    op.create_table(
        "self_report",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", _INSTANT, nullable=False),
        sa.Column("returned_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_self_report_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_report")),
        sa.UniqueConstraint("review_id", name=op.f("uq_self_report_review_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "self_report_submission",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("report_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("submitted_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["self_report.id"], name=op.f("fk_self_report_submission_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_report_submission")),
        sa.UniqueConstraint(
            "report_id", "seq", name=op.f("uq_self_report_submission_report_id_seq")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "report_comment",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("report_id", _KEY, nullable=False),
        sa.Column("author_id", _KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposal_id", _KEY, nullable=True),
        sa.Column("entry_id", _KEY, nullable=True),
        sa.Column("said_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_report_comment_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_report_comment_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_report_comment_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["self_report.id"], name=op.f("fk_report_comment_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_comment")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_report_comment_report_id"), "report_comment", ["report_id"], unique=False
    )


def _meetings() -> None:
    op.create_table(
        "report_meeting",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("cycle_id", _KEY, nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("called_by", _KEY, nullable=False),
        sa.Column("called_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["called_by"], ["account.id"], name=op.f("fk_report_meeting_called_by")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_report_meeting_cycle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_meeting")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_meeting_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_report_meeting_cycle_id"), "report_meeting", ["cycle_id"], unique=False
    )
    op.create_table(
        "report_slot",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("meeting_id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["report_meeting.id"], name=op.f("fk_report_slot_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_report_slot_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_slot")),
        sa.UniqueConstraint(
            "meeting_id", "review_id", name=op.f("uq_report_slot_meeting_id_review_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_slot_review_id"), "report_slot", ["review_id"], unique=False)
    op.create_table(
        "panel_seat",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("meeting_id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["report_meeting.id"], name=op.f("fk_panel_seat_meeting_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_panel_seat_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
        sa.UniqueConstraint(
            "meeting_id", "person_id", name=op.f("uq_panel_seat_meeting_id_person_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_panel_seat_person_id"), "panel_seat", ["person_id"], unique=False)
    op.create_table(
        "panel_score",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("meeting_id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("scored_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["report_meeting.id"], name=op.f("fk_panel_score_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_panel_score_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_panel_score_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_score")),
        sa.UniqueConstraint(
            "review_id", "person_id", name=op.f("uq_panel_score_review_id_person_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_panel_score_meeting_id"), "panel_score", ["meeting_id"], unique=False)
    op.create_table(
        "report_todo",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("meeting_id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("added_at", _INSTANT, nullable=False),
        sa.Column("done_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["report_meeting.id"], name=op.f("fk_report_todo_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_report_todo_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_todo")),
        sa.UniqueConstraint("public_id", name=op.f("uq_report_todo_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_report_todo_meeting_id"), "report_todo", ["meeting_id"], unique=False)
    op.create_index(
        "ix_report_todo_person_id_state", "report_todo", ["person_id", "state"], unique=False
    )


def _ratings() -> None:
    op.create_table(
        "rating_request",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("rater_id", _KEY, nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("rater_key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["person.id"], name=op.f("fk_rating_request_rater_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_rating_request_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rating_request_public_id")),
        sa.UniqueConstraint(
            "review_id",
            "rating",
            "rater_key",
            name=op.f("uq_rating_request_review_id_rating_rater_key"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_rating_request_rater_id_state", "rating_request", ["rater_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_rating_request_review_id"), "rating_request", ["review_id"], unique=False
    )
    op.create_table(
        "rating_round",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_rating_round_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_round")),
        sa.UniqueConstraint("review_id", name=op.f("uq_rating_round_review_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rating_result",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("review_id", _KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("finished_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_rating_result_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_result")),
        sa.UniqueConstraint("review_id", "seq", name=op.f("uq_rating_result_review_id_seq")),
        sqlite_autoincrement=True,
    )


def _contributions() -> None:
    op.create_table(
        "contribution",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("confirmer_id", _KEY, nullable=False),
        sa.Column("record_id", _KEY, nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("claimed_at", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmer_id"], ["person.id"], name=op.f("fk_contribution_confirmer_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contribution_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["record.id"], name=op.f("fk_contribution_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contribution_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_contribution_confirmer_id_state",
        "contribution",
        ["confirmer_id", "state"],
        unique=False,
    )
    op.create_index("ix_contribution_person_id", "contribution", ["person_id"], unique=False)
