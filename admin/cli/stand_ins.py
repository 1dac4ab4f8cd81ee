"""``kaoheng stand-in``: who acts for whom, for a time."""

from __future__ import annotations

from datetime import date, timedelta

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.accounts.tables import Account
from workflows.base.clock import today
from workflows.standins.operations import (
    Naming,
    find_account,
    find_stand_in,
    name_stand_in,
    revoke_stand_in,
)
from workflows.standins.reading import stand_ins, state_of


@click.group("stand-in")
def stand_in() -> None:
    """Stand-ins: whoever is away lets somebody approve for them. KAOHENG_FOR=<user> acts so."""


@stand_in.command("list")
@printed("key", "stand_in", "acts_for", "from", "until", "state", "reason")
def list_() -> list[dict[str, object]]:
    """List who stands in for whom, as far as it concerns you."""
    with application() as app, app.database.read() as session:
        day = today(app.clock(), app.settings.timezone)
        return [
            {
                "key": each.public_id,
                "stand_in": each.account.username,
                "acts_for": each.principal.username,
                "from": each.starts_on,
                "until": each.ends_on - timedelta(days=1),
                "state": state_of(each, day),
                "reason": each.reason,
            }
            for each in stand_ins(session, actor(app, session))
        ]


@stand_in.command("name")
@click.argument("user")
@click.option("--for", "principal", help="For whom, as HR; yourself without it.")
@click.option("--from", "first_day", type=DAY, required=True, help="The first day.")
@click.option("--until", "last_day", type=DAY, required=True, help="The last day.")
@click.option("--reason", required=True, help="Why somebody else acts.")
def name(user: str, principal: str | None, first_day: date, last_day: date, reason: str) -> None:
    """Let USER act for you from a day to a day."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        named = name_stand_in(
            session,
            who,
            app.clock(),
            principal=find_account(session, principal)
            if principal
            else session.get_one(Account, who.account_id),
            stand_in=find_account(session, user),
            naming=Naming(first_day, last_day, reason),
            today=today(app.clock(), app.settings.timezone),
        )
        whose = named.principal.username
    say(N_("{user} may act for {whose} from {first} to {last}."), user=user, whose=whose,
        first=first_day, last=last_day)  # fmt: skip


@stand_in.command()
@click.argument("key")
def revoke(key: str) -> None:
    """End the stand-in KEY (see `list`) now."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        revoke_stand_in(session, who, app.clock(), find_stand_in(session, who, key))
    say(N_("It is revoked: nobody acts under it any more."))


commands = [stand_in]
