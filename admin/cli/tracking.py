"""``kaoheng checkin`` and ``kaoheng alerts``: talks about progress, measures, and alerts."""

from __future__ import annotations

from datetime import date

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.access.decide import allow_everywhere
from workflows.access.units import find_unit
from workflows.cycles.operations import find_cycle
from workflows.org.tables import Unit
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.tracking.agenda import agenda_of
from workflows.tracking.alerts import fire_alerts
from workflows.tracking.check_ins import (
    RHYTHMS,
    Notes,
    cancel_check_in,
    hold_check_in,
    plan_check_in,
)
from workflows.tracking.finding import find_check_in, find_undertaking
from workflows.tracking.reading import alert_rows, check_in_rows, measure_rows
from workflows.tracking.undertakings import DONE, DROPPED, NewMeasure, end_measure
from workflows.tracking.watching import watch_each_day


@click.group()
def checkin() -> None:
    """Check-ins 绩效辅导: one-to-ones about a review, and meetings of a team."""


@checkin.command("list")
@click.argument("code", metavar="CYCLE")
@printed("check_in", "kind", "about", "rhythm", "planned_on", "state", "held_on")
def list_(code: str) -> list[dict[str, object]]:
    """List the check-ins of CYCLE that you may see."""
    with application() as app, app.database.read() as session:
        return check_in_rows(session, actor(app, session), find_cycle(session, code))


@checkin.command()
@click.argument("code", metavar="CYCLE")
@click.argument("about", metavar="PERSON|TEAM")
@click.option("--on", "planned_on", type=DAY, required=True, help="The day, such as 2026-03-31.")
@click.option(
    "--rhythm",
    type=click.Choice(RHYTHMS),
    default="weekly",
    show_default=True,
    help="How often it is held.",
)
@click.option("--team", is_flag=True, help="It is a team's meeting.")
def plan(code: str, about: str, planned_on: date, rhythm: str, team: bool) -> None:
    """Plan a check-in about PERSON in CYCLE, or a meeting of a TEAM."""
    with application() as app, app.database.write() as session:
        who, cycle = actor(app, session), find_cycle(session, code)
        subject: Review | Unit = (
            find_unit(session, who, "read_check_ins", about)
            if team
            else find_review(session, cycle, about)
        )
        made = plan_check_in(
            session,
            who,
            app.clock(),
            subject,
            cycle,
            rhythm=rhythm,
            planned_on=planned_on,
            today=app.today(),
        )
        key = made.public_id
    say(N_("Planned the check-in {key}."), key=key)


@checkin.command()
@click.argument("key", metavar="CHECK-IN")
@printed("kind", "text", "about")
def agenda(key: str) -> list[dict[str, object]]:
    """Show what CHECK-IN has to talk about, or what it had when it was held."""
    with application() as app, app.database.read() as session:
        check_in = find_check_in(session, actor(app, session), key)
        if check_in.state != "planned":
            return list(check_in.agenda or [])
        return [item.plain() for item in agenda_of(session, check_in, app.today())]


@checkin.command()
@click.argument("key", metavar="CHECK-IN")
@click.option("--on", "held_on", type=DAY, help="The day; today without it.")
@click.option("--summary", required=True, help="What was talked about.")
@click.option("--praise", default="", help="What goes well.")
@click.option("--problems", default="", help="What does not.")
@click.option("--advice", default="", help="What would help.")
@click.option(
    "--measure",
    "measures",
    nargs=3,
    multiple=True,
    metavar="WHAT PERSON DAY",
    help="A measure agreed on; may be given several times.",
)
def hold(
    key: str,
    held_on: date | None,
    summary: str,
    praise: str,
    problems: str,
    advice: str,
    measures: tuple[tuple[str, str, str], ...],
) -> None:
    """Record CHECK-IN as held; open measures are carried forward."""
    new = [NewMeasure(what, who, _iso(day)) for what, who, day in measures]
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        hold_check_in(
            session,
            who,
            app.clock(),
            find_check_in(session, who, key),
            Notes(summary, praise, problems, advice),
            {},
            new,
            held_on=held_on or app.today(),
            today=app.today(),
        )
    say(N_("Recorded the check-in {key}."), key=key)


@checkin.command()
@click.argument("key", metavar="CHECK-IN")
@click.option("--reason", required=True, help="Why it is not held.")
def cancel(key: str, reason: str) -> None:
    """Call CHECK-IN off, with a reason."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        cancel_check_in(session, who, app.clock(), find_check_in(session, who, key), reason)
    say(N_("Called the check-in {key} off."), key=key)


@checkin.command()
@printed("measure", "what", "owner", "due_on", "state")
def measures() -> list[dict[str, object]]:
    """List your own measures that are still open."""
    with application() as app, app.database.read() as session:
        return measure_rows(session, actor(app, session))


@checkin.command()
@click.argument("key", metavar="MEASURE")
@click.option("--dropped", is_flag=True, help="It is dropped, for the reason said.")
@click.option("--said", default="", help="Its effect, or the reason.")
def close(key: str, dropped: bool, said: str) -> None:
    """Close MEASURE as done, or as dropped with a reason."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        state = DROPPED if dropped else DONE
        measure = find_undertaking(session, who, key)
        end_measure(session, who, app.clock(), measure, state=state, said=said)
    say(N_("Closed the measure {key}."), key=key)


@click.group()
def alerts() -> None:
    """Alerts 预警 by the rules of the policies."""


@alerts.command("list")
@click.argument("code", metavar="CYCLE")
@printed("person", "alert", "seq", "gone", "gauge", "fired_at")
def list_alerts(code: str) -> list[dict[str, object]]:
    """List the alerts of CYCLE about those whom you may see."""
    with application() as app, app.database.read() as session:
        return alert_rows(session, actor(app, session), find_cycle(session, code))


@alerts.command()
def check() -> None:
    """Look for alerts in every open cycle now, and each morning from now on."""
    with application() as app, app.database.write() as session:
        allow_everywhere(actor(app, session), "open_cycle")
        told = fire_alerts(session, app.clock(), app.today())
        watch_each_day(session, app.clock(), app.settings.timezone)
    say(N_("Told of {count} alerts."), count=told)


def _iso(text: str) -> date | None:
    """Return a day, or None for what is none: the operation says what is wrong."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


commands = [checkin, alerts]
