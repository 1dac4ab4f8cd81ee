"""Setting a timer, dropping it, and doing what is due; parts of other operations."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from workflows.base.database import Database
from workflows.timers.registry import declared
from workflows.timers.tables import Timer

log = logging.getLogger(__name__)

# One that failed is tried again after a minute, then after twice as long each time, up to a day.
FIRST_RETRY, LAST_RETRY = timedelta(minutes=1), timedelta(days=1)
_LONGEST_ERROR = 500
# As many as a statement can name on SQLite and on PostgreSQL, and more than a cycle has reviews:
# those of a second portion would be told of in notices that were given already.
_MOST_TOGETHER = 20_000
Waiting = dict[str, Any]  # the columns of a timer that is to be set
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
        add_timers(session, [new_timer(kind, key, due_at, about, belongs_to)])
    elif there.state != "done":
        there.due_at, there.about, there.state, there.ended_at = due_at, dict(about), "set", None
        there.attempts, there.retry_at, there.error = 0, None, None


def new_timer(
    kind: str, key: str, due_at: datetime, about: Mapping[str, Any], belongs_to: str | None = None
) -> Waiting:
    """Give the columns of a timer whose key nothing had before, for ``add_timers``."""
    return {
        "kind": kind,
        "key": key,
        "due_at": due_at,
        "about": dict(about),
        "state": "set",
        "belongs_to": belongs_to,
        "attempts": 0,
    }


def add_timers(session: Session, timers: Sequence[Waiting]) -> None:
    """Set timers that are new, all in one statement."""
    if timers:
        session.execute(insert(Timer), timers)


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
        _DROP, {"owners": list(owners), "now": now}, execution_options=_NOTHING_OF_THE_SESSION
    )


# Put together once: every move of a review drops timers, and mostly there are none.
_WAITS = select(Timer.id).where(
    Timer.belongs_to.in_(bindparam("owners", expanding=True)), Timer.state == "set"
)
_DROP = (
    update(Timer)
    # Taken in one order, as by whoever does what is due.
    .where(Timer.id.in_(_WAITS.order_by(Timer.id).with_for_update()))
    .values(state="dropped", ended_at=bindparam("now", type_=Timer.ended_at.type))
)
_NOTHING_OF_THE_SESSION = {"synchronize_session": False}


def fire_due(database: Database, now: datetime) -> int:
    """Do everything that is due by ``now``, in the order of its time; return how many.

    Each is a transaction of its own, or all of a moment where their kind is done together. What
    one sets anew for a time that has come is done too. One that fails is kept for later and holds
    up no other.
    """
    importlib.import_module("workflows.timerlist")
    fired = 0
    while due := _next_due(database, now):
        fired += _do(database, now, due)
    return fired


def _next_due(database: Database, now: datetime) -> Sequence[Timer]:
    """Return the timer that is due first, with those that are done together with it."""
    due = (
        select(Timer)
        .where(Timer.state == "set", Timer.due_at <= now, now >= NEXT_AT)
        .order_by(NEXT_AT, Timer.id)
    )
    with database.read() as session:
        first = session.scalar(due.limit(1))
        if first is None or not declared()[first.kind].together:
            return [first] if first else []
        together = due.where(Timer.kind == first.kind, first.next_at >= NEXT_AT)
        return session.scalars(together.limit(_MOST_TOGETHER)).all()


def _do(database: Database, now: datetime, due: Sequence[Timer]) -> int:
    """Do what is due, each by itself where together it fails; return how many were done."""
    try:
        return _fire(database, now, due)
    except Exception as error:
        if len(due) > 1:
            return sum(_do(database, now, [each]) for each in due)
        (timer,) = due
        if isinstance(error, KaohengError):
            why = str(error)
        else:
            log.exception("timers.failed: %s %s", timer.kind, timer.id)
            why = f"{type(error).__name__}: {error}"
        _put_off(database, now, timer, why)
        return 0


def _fire(database: Database, now: datetime, due: Sequence[Timer]) -> int:
    """End those that still wait and do what they were set for, in one transaction."""
    with database.write() as session:
        # In one order, as everybody takes timers: two who took them crosswise would wait for ever.
        waiting = session.scalars(
            select(Timer)
            .where(Timer.id.in_(each.id for each in due), Timer.state == "set", now >= NEXT_AT)
            .order_by(Timer.id)
            .with_for_update()
        ).all()
        if not waiting:
            return 0
        taken = update(Timer).where(Timer.id.in_([each.id for each in waiting]))
        session.execute(
            taken.values(state="done", ended_at=now).execution_options(synchronize_session=False)
        )
        handler = declared()[waiting[0].kind].handler
        handler(session, waiting[0].next_at, [each.about for each in waiting])
        return len(waiting)


def _put_off(database: Database, now: datetime, timer: Timer, error: str) -> None:
    """Keep a timer that failed for later, unless somebody else did it or put it off meanwhile."""
    wait = min(FIRST_RETRY * 2 ** min(timer.attempts, 20), LAST_RETRY)
    with database.write() as session:
        session.execute(
            update(Timer)
            .where(Timer.id == timer.id, Timer.state == "set", Timer.attempts == timer.attempts)
            .values(attempts=timer.attempts + 1, retry_at=now + wait, error=error[:_LONGEST_ERROR])
        )
