"""Setting a timer, dropping it, and doing what is due; parts of other operations."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workflows.base.conditional import change_if
from workflows.base.database import Database
from workflows.timers.registry import declared
from workflows.timers.tables import Timer


def set_timer(
    session: Session, kind: str, key: str, due_at: datetime, about: Mapping[str, Any]
) -> None:
    """Have ``kind`` happen at ``due_at``; one of the same key that still waits is set anew.

    One that has happened stays so: a deadline passes once.
    """
    there = session.scalar(select(Timer).where(Timer.kind == kind, Timer.key == key))
    if there is None:
        session.add(Timer(kind=kind, key=key, due_at=due_at, about=dict(about), state="set"))
        session.flush()
    elif there.state != "done":
        there.due_at, there.about, there.state, there.ended_at = due_at, dict(about), "set", None


def drop_timer(session: Session, now: datetime, kind: str, key: str) -> None:
    """Let what still waits under this key not happen; nothing where it does not wait."""
    session.execute(
        update(Timer)
        .where(Timer.kind == kind, Timer.key == key, Timer.state == "set")
        .values(state="dropped", ended_at=now)
    )


def fire_due(database: Database, now: datetime) -> int:
    """Do everything that is due by ``now``, in the order of its time; return how many.

    Each is a transaction of its own. What one sets anew for a time that has come is done too.
    """
    importlib.import_module("workflows.timerlist")
    fired = 0
    while (timer := _next_due(database, now)) is not None:
        fired += _fire(database, now, timer.id)
    return fired


def _next_due(database: Database, now: datetime) -> Timer | None:
    with database.read() as session:
        return session.scalar(
            select(Timer)
            .where(Timer.state == "set", Timer.due_at <= now)
            .order_by(Timer.due_at, Timer.id)
            .limit(1)
        )


def _fire(database: Database, now: datetime, timer_id: int) -> bool:
    with database.write() as session:
        timer = session.get_one(Timer, timer_id)
        taken = change_if(
            session,
            update(Timer)
            .where(Timer.id == timer.id, Timer.state == "set", Timer.due_at <= now)
            .values(state="done", ended_at=now),
        )
        if taken:
            declared()[timer.kind](session, timer.due_at, timer.about)
        return taken
