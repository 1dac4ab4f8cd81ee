"""A database gives way to another of the same name, under the engines that know its statements."""

from __future__ import annotations

from sqlalchemy.orm import Session

from workflows.base.database import Database
from workflows.base.remembering import REMEMBERED


def forget(database: Database) -> None:
    """Drop what is open and what is remembered, and keep the statements that are compiled."""
    database.close()
    database.info[REMEMBERED].clear()


def forget_figures(session: Session) -> None:
    """Drop what is remembered, after rows that came by no operation: they are in no log."""
    session.info[REMEMBERED].clear()
