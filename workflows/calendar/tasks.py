"""Years whose holidays are not known, while deadlines are counted in them: HR is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.calendar.working import WorkingCalendar, calendar_of
from workflows.reviews.tables import Review
from workflows.tasks.task import Task


def unknown_years(session: Session, calendar: WorkingCalendar, now: datetime) -> Sequence[int]:
    """Return the years up to the last deadline that is set whose holidays nobody knows."""
    last = session.scalar(select(func.max(Review.due_at)).where(Review.due_at > now))
    if last is None:
        return ()
    years = range(calendar.day_of(now).year, calendar.day_of(last).year + 1)
    return [year for year in years if not calendar.is_known(year)]


def calendar_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return a task for each year that whoever keeps the calendar should look at."""
    if not may_everywhere(actor, "change_calendar"):
        return []
    calendar = calendar_of(session)
    return [
        Task(
            N_("The holidays of {year} are not known: deadlines count Monday to Friday."),
            "/calendar/",
            now,
            params={"year": str(year)},
        )
        for year in unknown_years(session, calendar, now)
    ]
