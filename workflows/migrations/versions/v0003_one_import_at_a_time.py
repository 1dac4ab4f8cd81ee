"""One import at a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    running = sa.text("state = 'running'")
    op.create_index(
        "uq_source_import_running",
        "source_import",
        ["state"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )
