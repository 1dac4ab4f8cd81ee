"""Counting the SQL statements of a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from workflows.base.database import Database


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Give the list of the statements that are run meanwhile, without BEGIN and COMMIT."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many) -> None:  # type: ignore[no-untyped-def]
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engines = {id(engine): engine for engine in (database.read_engine, database.write_engine)}
    for engine in engines.values():
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines.values():
            event.remove(engine, "before_cursor_execute", note)
