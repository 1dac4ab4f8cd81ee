"""Changes of state that hold only while the row is still as somebody saw it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Delete, Update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from workflows.base.database import Base

# Which of the session's objects the row is, the database says: to try the condition on each of
# them takes longer than the statement.
_BY_THE_DATABASE = {"synchronize_session": "fetch"}


def change_if(session: Session, statement: Update | Delete) -> bool:
    """Run an UPDATE or DELETE of one row that names what was seen; False where somebody was first.

    The caller then refreshes its object and refuses with ``CONFLICT``, in its own words.
    """
    result = session.execute(statement, execution_options=_BY_THE_DATABASE)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE has a row count


def changed(session: Session, statement: ReturningUpdate[tuple[Any]]) -> set[Any]:
    """Run an UPDATE of rows that names what was seen; return what it returns of those changed.

    Of the others somebody was first, as with ``change_if``.
    """
    return set(session.scalars(statement, execution_options=_BY_THE_DATABASE))


def insert_if_new(session: Session, table: type[Base], values: Mapping[str, Any]) -> None:
    """Insert a row, unless there is one that it may not be beside; whoever was first stays."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    session.execute(insert.on_conflict_do_nothing(), [dict(values)])
