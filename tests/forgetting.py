"""A database gives way to another of the same name, under the engines that know its statements."""

from __future__ import annotations

from workflows.base.database import Database
from workflows.base.remembering import REMEMBERED


def forget(database: Database) -> None:
    """Drop what is open and what is remembered, and keep the statements that are compiled."""
    database.close()
    database.info[REMEMBERED].clear()
