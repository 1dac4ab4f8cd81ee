"""``kaoheng timers``: what waits for its time, and doing what is due."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.access.decide import allow_everywhere
from workflows.timers.operations import fire_due
from workflows.timers.reading import waiting_timers


@click.group()
def timers() -> None:
    """Timers 定时事项: reminders, deadlines, what silence does; the service does them by itself."""


@timers.command("list")
@printed("kind", "due_at", "about", "attempts", "retry_at", "error")
def list_() -> list[dict[str, object]]:
    """List what waits for its time, the next first; what failed says why and when it is retried."""
    with application() as app, app.database.read() as session:
        return [
            {
                "kind": each.kind,
                "due_at": each.due_at,
                "about": each.belongs_to or each.key,
                "attempts": each.attempts,
                "retry_at": each.retry_at,
                "error": each.error,
            }
            for each in waiting_timers(session, actor(app, session))
        ]


@timers.command()
def fire() -> None:
    """Do everything that is due now."""
    with application() as app:
        with app.database.read() as session:
            allow_everywhere(actor(app, session), "fire_timers")
        fired = fire_due(app.database, app.clock())
    say(N_("{count} were due."), count=fired)


commands = [timers]
