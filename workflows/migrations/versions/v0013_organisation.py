"""The organisation with dates: shares, moved units, leave, every change; stand-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0013"
down_revision = "0012"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _dates()
    _unit_move()
    _absence()
    _entry()
    _stand_in()
    make_append_only("org_entry")
    # On whose behalf something was done, by the account's public id.
    for table in ("review_move", "grade_change", "cycle_approval", "policy_approval"):
        op.add_column(table, sa.Column("on_behalf_of", sa.String(), nullable=True))


def _dates() -> None:
    since = sa.Column("valid_from", sa.Date(), nullable=False, server_default="1900-01-01")
    op.add_column("unit", since)
    op.add_column("unit", sa.Column("valid_to", sa.Date(), nullable=True))
    op.add_column("person", sa.Column("left_on", sa.Date(), nullable=True))
    version = sa.Column("version", sa.Integer(), nullable=False, server_default="0")
    op.add_column("person", version)
    ratio = sa.Column("ratio", sa.BigInteger(), nullable=False, server_default="10000")
    op.add_column("membership", ratio)


def _unit_move() -> None:
    op.create_table(
        "unit_move",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("unit_id", _KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("from_id", _KEY, nullable=True),
        sa.Column("to_id", _KEY, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], ["unit.id"], name=op.f(f"fk_unit_move_{column}"))
            for column in ("unit_id", "from_id", "to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_move")),
        sa.UniqueConstraint("unit_id", "day", name=op.f("uq_unit_move_unit_id_day")),
        sqlite_autoincrement=True,
    )


def _absence() -> None:
    op.create_table(
        "absence",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint(
            "person_id", "valid_from", name=op.f("uq_absence_person_id_valid_from")
        ),
        sqlite_autoincrement=True,
    )


def _entry() -> None:
    op.create_table(
        "org_entry",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", _KEY, nullable=True),
        sa.Column("unit_id", _KEY, nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("account_id", _KEY, nullable=True),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_org_entry_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_org_entry_unit_id")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_org_entry_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_org_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_org_entry_person_id", "org_entry", ["person_id"])
    op.create_index("ix_org_entry_unit_id", "org_entry", ["unit_id"])


def _stand_in() -> None:
    op.create_table(
        "stand_in",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("principal_id", _KEY, nullable=False),
        sa.Column("account_id", _KEY, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("named_by", _KEY, nullable=True),
        sa.Column("named_at", _INSTANT, nullable=False),
        sa.Column("revoked_by", _KEY, nullable=True),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], ["account.id"], name=op.f(f"fk_stand_in_{column}"))
            for column in ("principal_id", "account_id", "named_by", "revoked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stand_in_public_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stand_in_account_id", "stand_in", ["account_id"])
    op.create_index("ix_stand_in_principal_id", "stand_in", ["principal_id"])
