"""Until when somebody who is asked has time to answer, on the working calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from engine.model import Answer
from workflows.calendar.working import WorkingCalendar, calendar_of


def answer_day(session: Session, now: datetime, time: Answer) -> date:
    """Return the last day on which somebody who is asked ``now`` can answer in time."""
    return _day(calendar_of(session), now, time)


def answer_until(session: Session, now: datetime, time: Answer) -> datetime:
    """Return the moment from which silence is the answer of somebody who is asked ``now``."""
    calendar = calendar_of(session)
    return calendar.end_of(_day(calendar, now, time))


def _day(calendar: WorkingCalendar, now: datetime, time: Answer) -> date:
    asked = calendar.day_of(now)
    if time.working_days is not None:
        return calendar.add_working_days(asked, time.working_days)
    return asked + timedelta(days=time.days or 0)
