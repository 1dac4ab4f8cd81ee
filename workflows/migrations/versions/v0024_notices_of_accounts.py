"""Notices to accounts that are nobody's in the organisation, such as an office's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("notice", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("account_id", _KEY, nullable=True))
        table.alter_column("person_id", existing_type=_KEY, nullable=True)
        table.create_foreign_key(op.f("fk_notice_account_id"), "account", ["account_id"], ["id"])
        table.create_unique_constraint(op.f("uq_notice_account_id_key"), ["account_id", "key"])
        table.create_check_constraint(
            op.f("ck_notice_one_reader"), "(person_id IS NULL) <> (account_id IS NULL)"
        )
