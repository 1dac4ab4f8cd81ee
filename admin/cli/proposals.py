"""``kaoheng proposals``: what a rule proposes and a person decides."""

from __future__ import annotations

import click

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.cycles.operations import find_cycle
from workflows.incentives.proposals import decide_proposal, find_proposal, proposal_rows


@click.group()
def proposals() -> None:
    """Proposals 待裁定建议, such as discipline: a rule only proposes, a person decides."""


@proposals.command("list")
@click.argument("code", metavar="CYCLE")
@printed("proposal", "person", "kind", "rule", "state", "reason", "decided_at")
def list_(code: str) -> list[dict[str, object]]:
    """List the proposals of CYCLE."""
    with application() as app, app.database.read() as session:
        return proposal_rows(session, actor(app, session), find_cycle(session, code))


@proposals.command()
@click.argument("number", type=int)
@click.option("--accept/--decline", required=True, help="What you decide.")
@click.option("--reason", required=True, help="Why: it stays with the decision.")
def decide(number: int, accept: bool, reason: str) -> None:
    """Decide on proposal NUMBER: accepted, it is entered in the ledger."""
    with application() as app, app.database.write() as session:
        decide_proposal(
            session,
            actor(app, session),
            app.clock(),
            find_proposal(session, number),
            accept=accept,
            reason=reason,
        )
    done = N_("Accepted proposal {number}.") if accept else N_("Declined proposal {number}.")
    say(done, number=number)


commands = [proposals]
