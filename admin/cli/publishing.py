"""``kaoheng rules submit | approve | publish | withdraw | copy``: a draft becomes a version."""

from __future__ import annotations

from datetime import date

import click

from admin.cli.acting import actor, application
from admin.cli.days import DAY
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.publishing.approving import approve_submission, publish_submission
from workflows.publishing.consents import consents_of
from workflows.publishing.reading import open_submission
from workflows.publishing.retroactive import ask_again
from workflows.publishing.submitting import submit_draft, withdraw_submission
from workflows.rulebook.drafts import copy_version
from workflows.rulebook.reading import find_version, open_draft


@click.command()
@click.argument("policy")
@click.option("--reason", required=True, help="Why; it stays with the version.")
@click.option("--from", "since", type=DAY, help="Its first day; else the next period's.")
@click.option("--retroactive", is_flag=True, help="It is meant for a period that has begun.")
@printed(
    "policy", "seq", "version", "effective", "moves_money", "retroactive", "consents", single=True
)
def submit(
    policy: str, reason: str, since: date | None, retroactive: bool
) -> list[dict[str, object]]:
    """Hand the draft of POLICY in: freezes it as a version that waits for others."""
    with application() as app, app.database.write() as session:
        draft = open_draft(session, policy)
        made = submit_draft(
            session,
            actor(app, session),
            app.clock(),
            draft,
            seen=draft.seq,
            today=app.today(),
            reason=reason,
            effective_on=since,
            is_retroactive=retroactive,
        )
        return [
            {
                "policy": policy,
                "seq": made.frozen.seq,
                "version": made.frozen.digest,
                "effective": made.effective_on,
                "moves_money": made.moves_money,
                "retroactive": made.is_retroactive,
                "consents": len(consents_of(session, made)),
            }
        ]


@click.command()
@click.argument("policy")
def approve(policy: str) -> None:
    """Approve the submission of POLICY, for your role; whoever wrote any of it may not."""
    with application() as app, app.database.write() as session:
        found = open_submission(session, policy)
        left = approve_submission(
            session,
            actor(app, session),
            app.clock(),
            found,
            seen=found.version,
            needed=app.settings.rule_approvals,
        )
    if left:
        say(N_("Approved; it still waits for: {roles}."), roles=", ".join(left))
    else:
        say(N_("Approved; a second person of HR may publish it."))


@click.command()
@click.argument("policy")
@click.option("--reason", default="", help="Why; without one the submitter's reason stays.")
def publish(policy: str, reason: str) -> None:
    """Put the submission of POLICY in force; whoever wrote any of it may not."""
    with application() as app, app.database.write() as session:
        found = open_submission(session, policy)
        done = publish_submission(
            session,
            actor(app, session),
            app.clock(),
            found,
            seen=found.version,
            today=app.today(),
            reason=reason,
            needed=app.settings.rule_approvals,
            consultation=app.settings.consultation,
        )
        seq, digest = done.version.seq, done.version.digest
    say(
        N_("Published version {seq} of {policy}, in force from {day}: {digest}."),
        seq=seq,
        policy=policy,
        day=found.effective_on.isoformat(),
        digest=digest[:12],
    )


@click.command()
@click.argument("policy")
def withdraw(policy: str) -> None:
    """Take the submission of POLICY back: its draft is open again."""
    with application() as app, app.database.write() as session:
        found = open_submission(session, policy)
        withdraw_submission(session, actor(app, session), app.clock(), found, seen=found.version)
    say(N_("Withdrew the submission of {policy}; its draft is open again."), policy=policy)


@click.command()
@click.argument("policy")
def ask(policy: str) -> None:
    """Ask for consent whom the submission of POLICY makes worse off by now."""
    with application() as app, app.database.write() as session:
        found = open_submission(session, policy)
        count = ask_again(session, actor(app, session), app.clock(), found, app.today())
    say(N_("Asked {count} more people for their consent."), count=count)


@click.command("copy")
@click.argument("version")
def copy_(version: str) -> None:
    """Begin a draft with what VERSION (a digest, or how it begins) said: the way back to it."""
    with application() as app, app.database.write() as session:
        found = find_version(session, version)
        draft = copy_version(session, actor(app, session), app.clock(), found)
        code, seq = draft.policy.code, found.seq
    say(N_("Began a draft of {policy} with version {seq}."), policy=code, seq=seq)


commands = [submit, approve, publish, withdraw, ask, copy_]
