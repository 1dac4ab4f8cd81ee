"""Putting a whole database back needs what it refuses otherwise: deleting, rows in any order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.engine import Connection

_SQLITE_TRIGGERS = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
_POSTGRES_TRIGGERS = text(
    "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger "
    "JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
)
_POSTGRES_FOREIGN_KEYS = text(
    "SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """Lift append-only triggers, and check foreign keys at the end only.

    All of it is part of the connection's transaction: a rollback brings the guards back too.
    """
    lift, restore = _sqlite(connection) if _is_sqlite(connection) else _postgres(connection)
    for statement in lift:
        connection.exec_driver_sql(statement)
    yield
    for statement in restore:
        connection.exec_driver_sql(statement)


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _sqlite(connection: Connection) -> tuple[list[str], list[str]]:
    triggers = connection.execute(_SQLITE_TRIGGERS).all()
    drop = [f'DROP TRIGGER "{trigger.name}"' for trigger in triggers]
    # This pragma ends by itself with the transaction, which then checks the keys.
    return ["PRAGMA defer_foreign_keys=ON", *drop], [trigger.sql for trigger in triggers]


def _postgres(connection: Connection) -> tuple[list[str], list[str]]:
    guarded = connection.scalars(_POSTGRES_TRIGGERS).all()
    keys = [
        f"ALTER TABLE {key.owner} ALTER CONSTRAINT {key.name}"
        for key in connection.execute(_POSTGRES_FOREIGN_KEYS)
    ]
    lift = [
        *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded),
        *(f"{alter} DEFERRABLE INITIALLY DEFERRED" for alter in keys),
    ]
    restore = [
        "SET CONSTRAINTS ALL IMMEDIATE",
        *(f"{alter} NOT DEFERRABLE" for alter in keys),
        *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded),
    ]
    return lift, restore
