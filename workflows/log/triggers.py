"""Putting a whole database back needs what its triggers otherwise refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine import Connection


@contextmanager
def triggers_off(connection: Connection) -> Iterator[None]:
    """Lift our append-only triggers within the transaction; a rollback brings them back too."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        off = [f'DROP TRIGGER "{trigger.name}"' for trigger in found]
        on = [trigger.sql for trigger in found]
    else:
        tables = connection.scalars(
            text(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger "
                "JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
            )
        ).all()
        off = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        on = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    for statement in off:
        connection.exec_driver_sql(statement)
    yield
    for statement in on:
        connection.exec_driver_sql(statement)
