"""``kaoheng contributions``: assists and sharing sessions, claimed and confirmed."""

from __future__ import annotations

from datetime import date

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.contributions.claiming import (
    KINDS,
    Claim,
    answer_contribution,
    claim_contribution,
)
from workflows.contributions.reading import contribution_rows, find_contribution


@click.group()
def contributions() -> None:
    """Contributions to others' work, claimed by one and confirmed by another."""


@contributions.command("list")
@printed("contribution", "kind", "person", "confirmer", "what", "day", "state", "note")
def list_() -> list[dict[str, object]]:
    """List one's own, and those that one is asked to confirm."""
    with application() as app, app.database.read() as session:
        return contribution_rows(session, actor(app, session))


@contributions.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("what")
@click.option("--on", "day", required=True, help="The day, as 2026-03-31.")
@click.option("--deal", default="", help="The deal of an assist.")
@click.option("--host", default="", help="Who held a session, by code.")
def claim(kind: str, what: str, day: str, deal: str, host: str) -> None:
    """Claim an assist or a sharing session."""
    with application() as app, app.database.write() as session:
        found = Claim(kind, what, _day(day), deal, host)
        who = actor(app, session)
        key = claim_contribution(session, who, app.clock(), found).public_id
    say(N_("The contribution {contribution} waits to be confirmed."), contribution=key)


@contributions.command()
@click.argument("contribution")
@click.option("--decline", is_flag=True, help="Do not confirm it; say why with --note.")
@click.option("--note", default="", help="A remark; why, with --decline.")
def confirm(contribution: str, note: str, *, decline: bool) -> None:
    """Confirm CONTRIBUTION, or decline it."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_contribution(session, who, contribution)
        answer_contribution(session, who, app.clock(), found, confirm=not decline, note=note)
    say(N_("It is answered."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


commands = [contributions]
