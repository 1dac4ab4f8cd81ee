"""``kaoheng notices``: what one was told."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import language, printed, say
from engine.errors import N_
from workflows.base.i18n import filled
from workflows.notices.reading import own_notices, read_all_notices


@click.group()
def notices() -> None:
    """Notices 通知: reminders, what is late, what went on by itself; one's own only."""


@notices.command("list")
@printed("told_at", "read_at", "message", "link")
def list_() -> list[dict[str, object]]:
    """List what you were told, the unread first."""
    with application() as app, app.database.read() as session:
        return [
            {
                "told_at": each.told_at,
                "read_at": each.read_at,
                "message": filled(each.message, language(), each.params),
                "link": each.link,
            }
            for each in own_notices(session, actor(app, session))
        ]


@notices.command()
def read() -> None:
    """Mark all of your notices as read."""
    with application() as app, app.database.write() as session:
        count = read_all_notices(session, actor(app, session), app.clock())
    say(N_("{count} marked as read."), count=count)


commands = [notices]
