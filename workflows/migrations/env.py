"""Alembic's entry: our tables only, in one transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from workflows.base.database import Database
from workflows.base.types import Instant, Scaled
from workflows.schema import metadata

database: Database = context.config.attributes["database"]


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as what the database stores, so that a migration never changes."""
    if kind == "type" and isinstance(item, Scaled):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


with database.write_engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_item,
        # DBOS keeps its own tables in the same database.
        include_name=lambda name, kind, _parents: kind != "table" or name in metadata.tables,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
