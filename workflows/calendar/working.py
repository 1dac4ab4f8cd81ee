"""Which days are worked, and when a day begins and ends where the organisation is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.base.clock import timezone_of, today
from workflows.calendar import china
from workflows.calendar.tables import CalendarDay

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The country's working days; ``own`` are the organisation's, which come before them."""

    timezone: ZoneInfo
    own: Mapping[date, bool]

    def is_known(self, year: int) -> bool:
        """Say whether the year's holidays are known, or the organisation gave days of it."""
        return china.is_known(year) or any(day.year == year for day in self.own)

    def working_day(self, day: date) -> bool:
        own = self.own.get(day)
        return china.is_worked(day) if own is None else own

    def add_working_days(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``, or before it where that is negative;
        ``day`` itself, worked or not, for none.
        """
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.working_day(day):
                day += step
        return day

    def day_of(self, moment: datetime) -> date:
        return today(moment, self.timezone)

    def start_of(self, day: date) -> datetime:
        """Return the moment at which a day begins."""
        return datetime.combine(day, time.min, self.timezone).astimezone(UTC)

    def end_of(self, day: date) -> datetime:
        """Return the moment at which a day has ended: the first that is no longer of it."""
        return self.start_of(day + _DAY)


def calendar_of(session: Session) -> WorkingCalendar:
    """Return the organisation's calendar as it is now: one statement."""
    own = session.execute(select(CalendarDay.day, CalendarDay.is_worked))
    return WorkingCalendar(timezone_of(session), dict(own.all()))
