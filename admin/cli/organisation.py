"""``kaoheng org``: who is in the organisation, by the codes that other commands take."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed
from workflows.org.reading import people_rows


@click.group()
def org() -> None:
    """The organisation: units and people."""


@org.command("list")
@printed("person", "role", "team", "region")
def list_() -> list[dict[str, object]]:
    """List the people with their codes, what they are in their team, and its region."""
    with application() as app, app.database.read() as session:
        return people_rows(session, actor(app, session))


commands = [org]
