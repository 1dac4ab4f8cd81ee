"""``kaoheng user``: accounts."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed
from workflows.access.policy import Role
from workflows.accounts.operations import add_account


@click.group()
def user() -> None:
    """Accounts: who may sign in, with which role."""


@user.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    help="As what the account acts.",
)
@click.option("--person", help="Their code in the organisation (a manager's or salesperson's).")
@click.option("--region", help="The region of an hr_region, by its code.")
@printed("user", "role", "person", "password", "token", single=True)
def add(name: str, role: str, person: str | None, region: str | None) -> list[dict[str, object]]:
    """Make an account; its first password and its token are shown once, now."""
    with application() as app, app.database.write() as session:
        made = add_account(
            session,
            actor(app, session, console=True),
            app.clock(),
            username=name,
            role=Role(role),
            person_code=person,
            region_code=region,
        )
    return [
        {
            "user": made.user,
            "role": made.role,
            "person": made.person,
            "password": made.password,
            "token": made.token,
        }
    ]


commands = [user]
