"""Giving the organisation days of its own, and taking them back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_everywhere
from workflows.base.conditional import change_if
from workflows.calendar.tables import CalendarDay
from workflows.log.append import append
from workflows.log.leaf import Subject


def set_calendar_day(
    session: Session, actor: Actor, now: datetime, *, day: date, is_worked: bool, why: str
) -> None:
    """Say that the organisation works on a day, or has it off; deadlines set from now on go by it.

    Raises ``KaohengError``: ``DENIED``, or ``INVALID`` without a reason.
    """
    allow_everywhere(actor, "change_calendar")
    if not why.strip():
        raise refuse(
            "calendar.why",
            N_("A day of the organisation's own needs a reason."),
            N_("Say what it is, such as the company's anniversary."),
        )
    found = session.scalar(select(CalendarDay).where(CalendarDay.day == day))
    if found is None:
        found = CalendarDay(day=day)
        session.add(found)
    found.is_worked, found.why = is_worked, why.strip()
    found.set_by, found.set_at = actor.account_id, now
    append(
        session,
        action="set_calendar_day",
        actor=actor,
        subject=Subject("calendar_day", day.isoformat()),
        at=now,
        details={"is_worked": is_worked, "why": why.strip()},
    )


def drop_calendar_day(session: Session, actor: Actor, now: datetime, *, day: date) -> None:
    """Let a day be what it is in the country again; refuse with ``MISSING`` one that is."""
    allow_everywhere(actor, "change_calendar")
    dropped = change_if(session, delete(CalendarDay).where(CalendarDay.day == day))
    if not dropped:
        raise refuse(
            "calendar.not_own",
            N_("{day} is no day of the organisation's own."),
            N_("See those there are with `kaoheng calendar list`."),
            kind=Kind.MISSING,
            day=day.isoformat(),
        )
    append(
        session,
        action="drop_calendar_day",
        actor=actor,
        subject=Subject("calendar_day", day.isoformat()),
        at=now,
    )


def own_days(session: Session, actor: Actor) -> list[CalendarDay]:
    """Return the organisation's own days, the latest first."""
    allow(actor, "list_calendar")
    return list(session.scalars(select(CalendarDay).order_by(CalendarDay.day.desc())))
