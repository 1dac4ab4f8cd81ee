"""When alerts are looked for: each morning, and after every import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from workflows.base.clock import today
from workflows.timers.operations import set_timer
from workflows.timers.registry import timer
from workflows.tracking.alerts import fire_alerts

AFTER_IMPORT, EACH_DAY = "alerts_after_import", "alerts_each_day"
# Before people begin to work, in the organisation's time zone.
MORNING = time(6, 0)


def watch_after_import(session: Session, now: datetime, zone: ZoneInfo, public_id: str) -> None:
    """Have alerts looked for now that figures changed, and each morning from then on.

    Part of ending an import: what it brought counts from the same transaction.
    """
    set_timer(session, AFTER_IMPORT, public_id, now, {"zone": zone.key})
    watch_each_day(session, now, zone)


def watch_each_day(session: Session, now: datetime, zone: ZoneInfo) -> None:
    """Have alerts looked for on the next morning; it then goes on by itself."""
    morning = _next_morning(now, zone)
    set_timer(session, EACH_DAY, morning.date().isoformat(), morning, {"zone": zone.key})


@timer(AFTER_IMPORT)
def after_import(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    """Look for alerts on the day of an import."""
    fire_alerts(session, due_at, today(due_at, ZoneInfo(about["zone"])))


@timer(EACH_DAY)
def each_day(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    """Look for alerts as the day begins, and set the next day's."""
    zone = ZoneInfo(about["zone"])
    fire_alerts(session, due_at, today(due_at, zone))
    watch_each_day(session, due_at, zone)


def _next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the first morning after ``now``; a day is one of the calendar, however long it is."""
    here = now.astimezone(zone)
    morning = datetime.combine(here.date(), MORNING, zone)
    if morning <= here:
        morning = datetime.combine(here.date() + timedelta(days=1), MORNING, zone)
    return morning
