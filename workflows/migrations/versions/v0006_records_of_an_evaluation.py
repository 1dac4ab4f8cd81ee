"""Which versions of which records an evaluation was measured on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Cycles locked before this have none: their pages show the records as they are.
    op.add_column("evaluation", sa.Column("records", sa.LargeBinary(), nullable=True))
