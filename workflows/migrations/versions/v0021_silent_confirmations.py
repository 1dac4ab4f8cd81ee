"""Lists that were confirmed by silence: nobody's account said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.migrations.append_only import make_append_only

revision = "0021"
down_revision = "0020"

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("confirmation", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("account_id", existing_type=_KEY, nullable=True)
    if op.get_bind().dialect.name == "sqlite":
        make_append_only("confirmation")  # the triggers went with the table
