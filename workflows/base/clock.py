"""The time is passed in: an operation asks its clock, never the machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from workflows.base.settings import Settings

Clock = Callable[[], datetime]


def clock_of(settings: Settings) -> Clock:
    """Return the machine's clock, or the fixed instant that ``KAOHENG_NOW`` names; always UTC."""
    if settings.now is not None:
        instant = settings.now.astimezone(UTC)
        return lambda: instant
    return lambda: datetime.now(UTC)


def today(now: datetime, timezone: ZoneInfo) -> date:
    """Return the organisation's calendar day at ``now``."""
    return now.astimezone(timezone).date()


def day_of(session: Session, now: datetime) -> date:
    """Return the organisation's calendar day at ``now``, where an operation was given no day."""
    return today(now, timezone_of(session))


def timezone_of(session: Session) -> ZoneInfo:
    """Return the organisation's time zone, which its database was opened with."""
    found = session.info["timezone"]
    assert isinstance(found, ZoneInfo)
    return found
