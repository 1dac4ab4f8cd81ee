"""Changes of state that hold only while the row is still as somebody saw it."""

from __future__ import annotations

from sqlalchemy import Delete, Update
from sqlalchemy.orm import Session


def change_if(session: Session, statement: Update | Delete) -> bool:
    """Run an UPDATE or DELETE of one row that names what was seen; False where somebody was first.

    The caller then refreshes its object and refuses with ``CONFLICT``, in its own words.
    """
    result = session.execute(statement)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE has a row count
