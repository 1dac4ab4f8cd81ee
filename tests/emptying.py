"""PostgreSQL databases that are emptied from test to test.

To make one from a template takes a quarter of a second of a processor and to empty one a few
milliseconds: only what a test has filled is deleted. A database whose schema a test has changed in
any way is made anew, as is one that nobody has asked for before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL

Connection = psycopg.Connection[tuple[object, ...]]
Table = tuple[str, str]  # its schema and its name

# Every change of a schema writes rows of these catalogues, in a transaction of its own number;
# filling, emptying and vacuuming tables does not.
_SHAPE = """
SELECT sum(hashtextextended(row_, 0)::numeric) FROM (
    SELECT concat_ws(' ', 'class', oid, xmin) FROM pg_class WHERE oid >= 16384
    UNION ALL
    SELECT concat_ws(' ', 'column', attrelid, attnum, xmin)
    FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT concat_ws(' ', 'default', oid, xmin) FROM pg_attrdef
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, xmin) FROM pg_constraint
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, xmin) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'function', oid, xmin) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'type', oid, xmin) FROM pg_type WHERE oid >= 16384
    UNION ALL SELECT concat_ws(' ', 'schema', oid, xmin) FROM pg_namespace
    UNION ALL SELECT concat_ws(' ', 'extension', oid, xmin) FROM pg_extension
    UNION ALL SELECT concat_ws(' ', 'sequence', seqrelid, xmin) FROM pg_sequence
) AS of_everything (row_)
"""
# Also those of the job engine, in a schema of their own.
_TABLES = """
SELECT relnamespace::regnamespace::text, relname FROM pg_class
WHERE relkind = 'r' AND oid >= 16384
"""
_COUNTED = """
SELECT seqrelid::regclass::text, pg_sequence_last_value(seqrelid) FROM pg_sequence
WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a database is before any test: its schema, the rows it begins with, its sequences."""

    shape: object
    tables: list[Table]
    rows: dict[Table, bytes]
    counted: dict[str, object]


class Emptied:
    """The databases of one server, each fresh whenever it is asked for."""

    def __init__(self, server: URL, template: str, on_server: Callable[[URL, str], None]) -> None:
        self._server = server
        self._template = template
        self._on_server = on_server
        self._known: dict[str, Fresh] = {}

    def fresh(self, name: str) -> URL:
        """Return the address of the database ``name``, as new."""
        if name not in self._known or not self._emptied(name):
            self._on_server(self._server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            self._on_server(self._server, f"CREATE DATABASE {name} TEMPLATE {self._template}")
            with self._open(name) as connection:
                self._known[name] = _fresh(connection)
        return self._server.set(database=name)

    def shape(self, name: str) -> object:
        """Return what changes with every change of a database's schema."""
        with self._open(name) as connection:
            return _one(connection, _SHAPE)

    def _emptied(self, name: str) -> bool:
        """Empty a database; say whether that has made it what it was."""
        fresh = self._known[name]
        with self._open(name) as connection:
            # Whoever is still connected was left behind by the last test.
            connection.execute(_END_OTHERS)
            if _one(connection, _SHAPE) != fresh.shape:
                return False
            _empty(connection, fresh)
        return True

    def _open(self, name: str) -> Connection:
        url = self._server.set(database=name, drivername="postgresql")
        address = url.render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)


def _fresh(connection: Connection) -> Fresh:
    tables = [(str(schema), str(name)) for schema, name in connection.execute(_TABLES)]
    return Fresh(
        shape=_one(connection, _SHAPE),
        tables=tables,
        rows={table: _rows(connection, table) for table in _filled(connection, tables)},
        counted={str(name): last for name, last in connection.execute(_COUNTED)},
    )


def _empty(connection: Connection, fresh: Fresh) -> None:
    # Neither foreign keys nor the triggers that keep history look on, in this connection only.
    connection.execute("SET session_replication_role = replica")
    filled = [Identifier(*table) for table in _filled(connection, fresh.tables)]
    if filled:
        connection.execute(SQL("; ").join(SQL("DELETE FROM {}").format(name) for name in filled))
        # Without the deleted rows: the next ones would be put among them, in any order.
        connection.execute(SQL("VACUUM {}").format(SQL(", ").join(filled)))
    for table, rows in fresh.rows.items():
        into = SQL("COPY {} FROM STDIN").format(Identifier(*table))
        with connection.cursor().copy(into) as copy:
            copy.write(rows)
    for name, last in connection.execute(_COUNTED).fetchall():
        if name in fresh.counted:
            connection.execute("SELECT setval(%s::regclass, %s)", (name, fresh.counted[name]))
        elif last is not None:
            connection.execute(
                "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"
                " WHERE seqrelid = %s::regclass",
                (name,),
            )


def _filled(connection: Connection, tables: list[Table]) -> list[Table]:
    has_rows = SQL("SELECT {}::integer WHERE EXISTS (SELECT FROM {})")
    asked = [has_rows.format(place, Identifier(*table)) for place, table in enumerate(tables)]
    found = connection.execute(SQL(" UNION ALL ").join(asked)).fetchall()
    return [table for place, table in enumerate(tables) if (place,) in found]


def _rows(connection: Connection, table: Table) -> bytes:
    out = SQL("COPY {} TO STDOUT").format(Identifier(*table))
    with connection.cursor().copy(out) as copy:
        return b"".join(map(bytes, copy))


def _one(connection: Connection, statement: str) -> object:
    row = connection.execute(statement).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row[0]
