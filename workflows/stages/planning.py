"""When the deadline of a stage is, and what happens before and after it: arithmetic of days.

A deadline ends with its day, a reminder comes with the beginning of one, and so the order of what
happens never hangs on hours, on the length of a day or on a time zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.model import Deadline, StageDetail
from workflows.calendar.working import WorkingCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """The last ``day`` of a stage, the moment ``due_at`` when it has ended, those at which to
    remind (the first one first), and the one at which to escalate.
    """

    day: date
    due_at: datetime
    remind_at: tuple[datetime, ...]
    escalate_at: datetime | None


@dataclass(frozen=True, slots=True)
class Period:
    """The days [start, end) that a cycle is about."""

    start: date
    end: date


def times_of(
    detail: StageDetail | None,
    calendar: WorkingCalendar,
    period: Period,
    entered: datetime,
    now: datetime,
) -> Times | None:
    """Return the times of a stage that a review came into at ``entered``; None without a deadline.

    A deadline that has passed by ``now`` already (it counts from the period, or the rules have
    changed) leaves until the end of the next working day. Reminders that have passed are left out.
    """
    if detail is None or detail.deadline is None:
        return None
    day = _last_day(detail.deadline, calendar, period, entered)
    if calendar.end_of(day) <= now:
        day = calendar.add_working_days(calendar.day_of(now), 1)
    reminders = {
        calendar.start_of(calendar.add_working_days(day, -count)) for count in detail.remind
    }
    late = detail.escalate
    return Times(
        day,
        calendar.end_of(day),
        tuple(sorted(each for each in reminders if each > now)),
        calendar.end_of(calendar.add_working_days(day, late.working_days)) if late else None,
    )


def _last_day(
    deadline: Deadline, calendar: WorkingCalendar, period: Period, entered: datetime
) -> date:
    match deadline.start:
        case "entered":
            before = calendar.day_of(entered)
        case "period_start":
            before = period.start - _DAY
        case "period_end":
            before = period.end - _DAY
    if deadline.working_days is not None:
        return calendar.add_working_days(before, deadline.working_days)
    return before + timedelta(days=deadline.days or 0)
