"""``kaoheng meetings``: meetings about self reports, and the to-dos that follow from them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.cycles.operations import find_cycle
from workflows.meetings.calling import Plan, call_meeting
from workflows.meetings.following import do_todo, find_todo
from workflows.meetings.reading import find_meeting, meeting_rows, todo_rows


@click.group()
def meetings() -> None:
    """Meetings 述职会: who reports when, before which panel, and what follows."""


@meetings.command("list")
@printed("meeting", "cycle", "starts_at", "place", "state", "reporters", "panel")
def list_() -> list[dict[str, object]]:
    """List the meetings that one may see."""
    with application() as app, app.database.read() as session:
        return meeting_rows(session, actor(app, session))


@meetings.command()
@click.argument("code", metavar="CYCLE")
@click.option("--at", required=True, help="When, as 2026-04-03T14:00.")
@click.option("--place", required=True, help="A room, or a link.")
@click.option("--panel", multiple=True, required=True, help="A member's code; give it again.")
@click.argument("reporters", nargs=-1, required=True)
def call(
    code: str, at: str, place: str, panel: tuple[str, ...], reporters: tuple[str, ...]
) -> None:
    """Call a meeting at which REPORTERS report, in this order."""
    with application() as app, app.database.write() as session:
        plan = Plan(_moment(at, app.settings.timezone), place, reporters, panel)
        cycle = find_cycle(session, code)
        meeting = call_meeting(session, actor(app, session), app.clock(), cycle, plan)
        key = meeting.public_id
    say(N_("The meeting {meeting} is called."), meeting=key)


@meetings.command()
@printed("todo", "meeting", "person", "what", "due", "state", "note")
def todos() -> list[dict[str, object]]:
    """List the to-dos of the meetings that one may see, the next due first."""
    with application() as app, app.database.read() as session:
        return todo_rows(session, actor(app, session))


@meetings.command()
@click.argument("meeting")
@click.argument("todo")
@click.option("--note", required=True, help="What was done.")
def done(meeting: str, todo: str, note: str) -> None:
    """Mark TODO of MEETING as done."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_todo(session, find_meeting(session, who, meeting), todo)
        do_todo(session, who, app.clock(), found, note)
    say(N_("It is noted as done."))


def _moment(text: str, timezone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)


commands = [meetings]
