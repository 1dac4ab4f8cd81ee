"""``kaoheng calendar``: the organisation's own working days."""

from __future__ import annotations

from datetime import date

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.calendar.operations import drop_calendar_day, own_days, set_calendar_day
from workflows.calendar.tasks import unknown_years
from workflows.calendar.working import calendar_of


@click.group()
def calendar() -> None:
    """The working calendar 工作日历: public holidays, make-up days, and the organisation's own."""


@calendar.command("list")
@printed("day", "is_worked", "why")
def list_() -> list[dict[str, object]]:
    """List the organisation's own days, the latest first."""
    with application() as app, app.database.read() as session:
        days = own_days(session, actor(app, session))
        return [{"day": each.day, "is_worked": each.is_worked, "why": each.why} for each in days]


@calendar.command()
@click.argument("day", type=DAY)
@click.option("--working/--off", "is_worked", required=True, help="Whether the day is worked.")
@click.option("--why", required=True, help="What day it is.")
def set(day: date, is_worked: bool, why: str) -> None:
    """Say that the organisation works on DAY, or has it off."""
    with application() as app, app.database.write() as session:
        who, now = actor(app, session), app.clock()
        set_calendar_day(session, who, now, day=day, is_worked=is_worked, why=why)
    say(N_("{day} is the organisation's own now."), day=day)


@calendar.command()
@click.argument("day", type=DAY)
def unset(day: date) -> None:
    """Let DAY be what it is in the country again."""
    with application() as app, app.database.write() as session:
        drop_calendar_day(session, actor(app, session), app.clock(), day=day)
    say(N_("{day} is as in the country again."), day=day)


@calendar.command()
@click.argument("first", type=DAY)
@click.argument("count", type=int)
@printed("day", "known", single=True)
def add(first: date, count: int) -> list[dict[str, object]]:
    """Give the COUNT-th working day after FIRST, or before it where that is negative."""
    with application() as app, app.database.read() as session:
        own_days(session, actor(app, session))  # whoever may not read it counts nothing by it
        working = calendar_of(session)
        day = working.add_working_days(first, count)
        return [{"day": day, "known": working.is_known(day.year)}]


@calendar.command()
@printed("year")
def unknown() -> list[dict[str, object]]:
    """List the years that deadlines are set in and whose holidays are not known."""
    with application() as app, app.database.read() as session:
        own_days(session, actor(app, session))
        years = unknown_years(session, calendar_of(session), app.clock())
        return [{"year": year} for year in years]


commands = [calendar]
