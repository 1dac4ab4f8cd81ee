"""``kaoheng agreements``: who has received, opened and signed their own copy."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed
from workflows.agreements.reading import agreement_rows


@click.group()
def agreements() -> None:
    """Agreements 目标责任书: everybody's own copy of what they are appraised by."""


@agreements.command("list")
@click.argument("of", metavar="POLICY|CYCLE")
@printed(
    "person", "team", "period", "copy", "state", "delivered", "opened", "answered", "reason",
    "sha256",
)  # fmt: skip
def list_(of: str) -> list[dict[str, object]]:
    """List the current copies of a policy, or of one period of it (<policy>@<period>)."""
    with application() as app, app.database.read() as session:
        return agreement_rows(session, actor(app, session), of)


commands = [agreements]
