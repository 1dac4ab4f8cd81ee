"""Reading everything as of one moment, while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from workflows.base.database import Database


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """Give a read-only session in which every query sees the same moment."""
    with database.read() as session:
        session.info["keyring"] = database.keyring
        if not database.is_sqlite:
            # SQLite's read transaction is a snapshot by itself; PostgreSQL has to be asked.
            session.connection(
                execution_options={
                    "isolation_level": "REPEATABLE READ",
                    "postgresql_readonly": True,
                }
            )
        yield session
