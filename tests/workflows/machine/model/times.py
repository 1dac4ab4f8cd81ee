"""The times that are waited for: the deadlines of stages, windows, answers. docs/stages.md."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.workflows.machine.model.state import SHANGHAI, Timer, Year, end_of


def entered(year: Year, person: str, at: datetime) -> None:
    """Set the times of the stage that a review has come into; those of the last one are off."""
    review = year.reviews[person]
    kinds = ("deadline", "reminder", "escalation")
    year.timers = [each for each in year.timers if each.person != person or each.kind not in kinds]
    on = at.astimezone(SHANGHAI).date()
    match review.stage:
        case "goal_setting":
            _set(year, person, on + timedelta(days=6))
        case "feedback":
            _set(year, person, on + timedelta(days=9))
        case "assessing":
            day = working(on, 4)
            _set(year, person, day)
            reminder = end_of(working(day, -1) - timedelta(days=1))
            if reminder > at:
                _add(year, "reminder", person, reminder, day)
            _add(year, "escalation", person, end_of(working(day, 2)), day)


def working(day: date, count: int) -> date:
    """Return the day so many working days later; there is no holiday in this summer."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.weekday() < 5
    return day


def drop(year: Year, kind: str, person: str) -> None:
    year.timers = [each for each in year.timers if (each.kind, each.person) != (kind, person)]


def wait_for(year: Year, kind: str, person: str, due: datetime) -> None:
    drop(year, kind, person)
    year.timers.append(Timer(kind, person, due))


def _set(year: Year, person: str, day: date) -> None:
    _add(year, "deadline", person, end_of(day), day)


def _add(year: Year, kind: str, person: str, due: datetime, day: date) -> None:
    year.timers.append(Timer(kind, person, due, year.reviews[person].stage, day))
