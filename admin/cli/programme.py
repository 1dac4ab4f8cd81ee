"""``kaoheng programme``: the report on the appraisal itself, its survey and its measures."""

from __future__ import annotations

from datetime import date

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_, Kind, refuse
from workflows.programme.measures import add_programme_measure
from workflows.programme.report import programme_report, report_rows
from workflows.programme.survey import close_survey, open_survey, quarter_of, survey_of
from workflows.tracking.undertakings import NewMeasure


@click.group()
def programme() -> None:
    """The appraisal programme itself, after each quarter."""


@programme.command()
@click.argument("quarter")
@printed("section", "of", "name", "value")
def report(quarter: str) -> list[dict[str, object]]:
    """Report on QUARTER: deadlines, appeals, distributions, warnings, opinions, measures."""
    with application() as app, app.database.read() as session:
        return report_rows(programme_report(session, actor(app, session), quarter, app.today()))


@programme.command()
@click.argument("quarter")
@click.option("--until", "closes_on", type=DAY, required=True, help="The last day for answers.")
def survey(quarter: str, closes_on: date) -> None:
    """Ask staff and managers what they think of the appraisal in QUARTER."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        until, today = closes_on, app.today()
        open_survey(session, who, app.clock(), quarter, closes_on=until, today=today)
    say(N_("Asked about {quarter}."), quarter=quarter)


@programme.command()
@click.argument("quarter")
def close(quarter: str) -> None:
    """Close the survey about QUARTER."""
    with application() as app, app.database.write() as session:
        found = survey_of(session, quarter_of(quarter).label)
        if found is None:
            raise refuse(
                "programme.not_asked",
                N_("There is no survey about {quarter}."),
                N_("Open one first."),
                kind=Kind.MISSING,
                quarter=quarter,
            )
        close_survey(session, actor(app, session), app.clock(), found)
    say(N_("Closed the survey about {quarter}."), quarter=quarter)


@programme.command()
@click.argument("quarter")
@click.argument("what")
@click.option("--by", "owner", required=True, help="The code of whoever takes it on.")
@click.option("--until", "due_on", type=DAY, required=True, help="By when it is done.")
def measure(quarter: str, what: str, owner: str, due_on: date) -> None:
    """Take a measure on what the report of QUARTER says; close it with `checkin close`."""
    typed = NewMeasure(what, owner, due_on)
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        made = add_programme_measure(session, who, app.clock(), quarter, typed, app.today())
        key = made.public_id
    say(N_("Took the measure {key} on."), key=key)


commands = [programme]
