"""Setting a timer, dropping it, and doing what is due; parts of other operations."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from workflows.base.conditional import change_if
from workflows.base.database import Database
from workflows.timers.registry import declared
from workflows.timers.tables import Timer

log = logging.getLogger(__name__)

# One that failed is tried again after a minute, then after twice as long each time, up to a day.
FIRST_RETRY, LAST_RETRY = timedelta(minutes=1), timedelta(days=1)
_LONGEST_ERROR = 500
# When a timer is to happen next: an earlier failure puts it off.
NEXT_AT = func.coalesce(Timer.retry_at, Timer.due_at)


def set_timer(
    session: Session,
    kind: str,
    key: str,
    due_at: datetime,
    about: Mapping[str, Any],
    belongs_to: str | None = None,
) -> None:
    """Have ``kind`` happen at ``due_at``; one of the same key that still waits is set anew.

    One that has happened stays so: a deadline passes once.
    """
    there = session.scalar(select(Timer).where(Timer.kind == kind, Timer.key == key))
    if there is None:
        session.add(new_timer(kind, key, due_at, about, belongs_to))
        session.flush()
    elif there.state != "done":
        there.due_at, there.about, there.state, there.ended_at = due_at, dict(about), "set", None
        there.attempts, there.retry_at, there.error = 0, None, None


def new_timer(
    kind: str, key: str, due_at: datetime, about: Mapping[str, Any], belongs_to: str | None = None
) -> Timer:
    """Make a timer whose key nothing had before, to be added with many others at once."""
    return Timer(
        kind=kind,
        key=key,
        due_at=due_at,
        about=dict(about),
        state="set",
        belongs_to=belongs_to,
        attempts=0,
    )


def drop_timer(session: Session, now: datetime, kind: str, key: str) -> None:
    """Let what still waits under this key not happen; nothing where it does not wait."""
    session.execute(
        update(Timer)
        .where(Timer.kind == kind, Timer.key == key, Timer.state == "set")
        .values(state="dropped", ended_at=now)
    )


def drop_timers_of(session: Session, now: datetime, owners: Collection[str]) -> None:
    """Let nothing happen of what still waits and belongs to one of ``owners``."""
    session.execute(
        update(Timer)
        .where(Timer.belongs_to.in_(owners), Timer.state == "set")
        .values(state="dropped", ended_at=now)
        .execution_options(synchronize_session=False)
    )


def fire_due(database: Database, now: datetime) -> int:
    """Do everything that is due by ``now``, in the order of its time; return how many.

    Each is a transaction of its own. What one sets anew for a time that has come is done too. One
    that fails is kept for later and holds up no other.
    """
    importlib.import_module("workflows.timerlist")
    fired = 0
    while (timer := _next_due(database, now)) is not None:
        try:
            fired += _fire(database, now, timer.id)
        except KaohengError as error:
            _put_off(database, now, timer, str(error))
        except Exception as error:
            log.exception("timers.failed: %s %s", timer.kind, timer.id)
            _put_off(database, now, timer, f"{type(error).__name__}: {error}")
    return fired


def _next_due(database: Database, now: datetime) -> Timer | None:
    with database.read() as session:
        return session.scalar(
            select(Timer)
            .where(Timer.state == "set", Timer.due_at <= now, now >= NEXT_AT)
            .order_by(NEXT_AT, Timer.id)
            .limit(1)
        )


def _fire(database: Database, now: datetime, timer_id: int) -> bool:
    with database.write() as session:
        timer = session.get_one(Timer, timer_id)
        taken = change_if(
            session,
            update(Timer)
            .where(Timer.id == timer.id, Timer.state == "set", now >= NEXT_AT)
            .values(state="done", ended_at=now),
        )
        if taken:
            declared()[timer.kind](session, timer.retry_at or timer.due_at, timer.about)
        return taken


def _put_off(database: Database, now: datetime, timer: Timer, error: str) -> None:
    """Keep a timer that failed for later, unless somebody else did it or put it off meanwhile."""
    wait = min(FIRST_RETRY * 2 ** min(timer.attempts, 20), LAST_RETRY)
    with database.write() as session:
        session.execute(
            update(Timer)
            .where(Timer.id == timer.id, Timer.state == "set", Timer.attempts == timer.attempts)
            .values(attempts=timer.attempts + 1, retry_at=now + wait, error=error[:_LONGEST_ERROR])
        )
