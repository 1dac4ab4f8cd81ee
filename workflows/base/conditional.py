"""Changes of state that hold only while the row is still as somebody saw it."""

from __future__ import annotations

from sqlalchemy import Delete, Update
from sqlalchemy.orm import Session

# Which of the session's objects the row is, the database says: to try the condition on each of
# them takes longer than the statement.
_BY_THE_DATABASE = {"synchronize_session": "fetch"}


def change_if(session: Session, statement: Update | Delete) -> bool:
    """Run an UPDATE or DELETE of one row that names what was seen; False where somebody was first.

    The caller then refreshes its object and refuses with ``CONFLICT``, in its own words.
    """
    result = session.execute(statement, execution_options=_BY_THE_DATABASE)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE has a row count
