"""``kaoheng cycle``: opening, locking, approving, closing and replaying cycles."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation

import click

from admin.cli.acting import actor, application
from admin.cli.output import language, printed, say
from engine.errors import N_, KaohengError, Kind, refuse
from workflows.base.i18n import gettext
from workflows.closing.late import LateApproval, approve_late
from workflows.closing.reading import pending_rows, waiting_faults
from workflows.cycles.approval import approve_cycle
from workflows.cycles.approvals import approvals_of
from workflows.cycles.changes import change_rows
from workflows.cycles.joining import add_to_cycle, without_review
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle
from workflows.cycles.reading import cycle_rows
from workflows.cycles.relocking import decide_relock, find_relock, propose_relock
from workflows.cycles.rerunning import rerun_cycle
from workflows.cycles.sealing import close_cycle, replay_cycle
from workflows.jobs.service import Jobs
from workflows.publishing.consents import consents_of
from workflows.publishing.moving import (
    carry_out_cycle_move,
    drop_cycle_move,
    prepare_cycle_move,
    waiting_move,
)
from workflows.rulebook.reading import find_version
from workflows.simulation.fairness import fairness_rows


@click.group()
def cycle() -> None:
    """Appraisal cycles 考核周期: one period of a policy, for everybody in its scope."""


@cycle.command("open")
@click.argument("policy")
@click.argument("period")
def open_(policy: str, period: str) -> None:
    """Open POLICY for PERIOD (2017-Q4, 2017-11): pins the version, makes the reviews."""
    with application() as app, app.database.write() as session:
        opened = open_cycle(
            session,
            actor(app, session),
            app.clock(),
            policy_code=policy,
            period_label=period,
        )
        digest = opened.policy_version.digest
    say(N_("Opened {cycle} under version {digest}."), cycle=opened.code, digest=digest[:12])


@cycle.command("list")
@printed("cycle", "policy", "period", "state", "reviews", "version")
def list_() -> list[dict[str, object]]:
    """List the cycles, newest period first."""
    with application() as app, app.database.read() as session:
        return cycle_rows(session, actor(app, session))


@cycle.command("without-review")
@click.argument("code", metavar="CYCLE")
@printed("person", "name", "team", "from", "until", "reserve")
def without_review_(code: str) -> list[dict[str, object]]:
    """List who is in the scope of CYCLE and has no review in it."""
    with application() as app, app.database.read() as session:
        found = without_review(session, actor(app, session), find_cycle(session, code))
        return [
            {
                "person": each.stays[0].person.code,
                "name": each.stays[0].person.name,
                "team": each.stays[0].team.code,
                "from": each.stays[0].start,
                "until": each.stays[-1].end - timedelta(days=1),
                "reserve": " ".join(f"{name}={amount}" for name, amount in each.reserve.items()),
            }
            for each in found
        ]


@cycle.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--target", "targets", multiple=True, help="NAME=AMOUNT, for each target.")
@click.option("--reason", required=True, help="Why they come into it now.")
def add(code: str, person: str, targets: tuple[str, ...], reason: str) -> None:
    """Give PERSON, who came after CYCLE was opened, a review in it."""
    amounts = {}
    for each in targets:
        name, _, amount = each.partition("=")
        try:
            amounts[name] = Decimal(amount)
        except InvalidOperation:
            raise click.UsageError(f"--target NAME=AMOUNT, not {each!r}") from None
    with application() as app, app.database.write() as session:
        found = find_cycle(session, code)
        who = actor(app, session)
        add_to_cycle(
            session, who, app.clock(), found, person=person, targets=amounts, reason=reason
        )
    say(N_("{person} has a review in {cycle}."), person=person, cycle=code)


@cycle.command()
@click.argument("code", metavar="CYCLE")
@click.option("--reason", help="Why it is locked in spite of records that nobody confirmed.")
def lock(code: str, reason: str | None) -> None:
    """Lock the data of CYCLE and score everyone."""
    with application() as app, app.database.write() as session:
        lock_cycle(session, actor(app, session), app.clock(), find_cycle(session, code), reason)
    say(N_("Locked {cycle}: everyone is scored."), cycle=code)


@cycle.command()
@click.argument("code", metavar="CYCLE")
def approve(code: str) -> None:
    """Approve the results of CYCLE: decides the grants and enters them in the ledger.

    Whoever is held back is approved later, by the same command once they are up for it.
    Where KAOHENG_APPROVALS names several roles, the last of them to approve decides.
    """
    with application() as app:
        needed = app.settings.approvals
        with app.database.write() as session:
            found = find_cycle(session, code)
            if found.state == "approved":
                late = approve_late(session, actor(app, session), app.clock(), found, needed)
                _say_late(code, late)
                return
            job_id = approve_cycle(session, actor(app, session), app.clock(), found, needed)
            missing = () if job_id else approvals_of(session, found, needed).missing
        if job_id is None:
            say(
                N_("Noted your approval of {cycle}; it still waits for: {roles}."),
                cycle=code,
                roles=", ".join(missing),
            )
            return
        done = Jobs(app.settings, app.database).finish(job_id)
    say(
        N_("Approved {cycle}: {entries} entries in the ledger for {reviews} reviews."),
        cycle=code,
        **done,
    )


def _say_late(code: str, late: LateApproval) -> None:
    if late.missing:
        say(
            N_("Noted your approval of {cycle}; it still waits for: {roles}."),
            cycle=code,
            roles=", ".join(late.missing),
        )
        return
    say(
        N_("Approved {people} of {cycle} later: {entries} entries in the ledger."),
        people=", ".join(late.people),
        cycle=code,
        entries=late.entries,
    )


@cycle.command()
@click.argument("code", metavar="CYCLE")
@printed("person", "stage", "pending", "since", "reason")
def pending(code: str) -> list[dict[str, object]]:
    """Say what each review of CYCLE that is not sealed waits for."""
    with application() as app, app.database.read() as session:
        found = find_cycle(session, code)
        return pending_rows(session, actor(app, session), app.clock(), found)


@cycle.command()
@click.argument("code", metavar="CYCLE")
def close(code: str) -> None:
    """Close whoever of CYCLE can be closed, and CYCLE itself with its last review.

    Says what the others wait for; each of them holds up nobody else.
    """
    with application() as app, app.database.write() as session:
        done = close_cycle(session, actor(app, session), app.clock(), find_cycle(session, code))
        faults = [fault for each in done.waiting for fault in waiting_faults(*each)]
    say(N_("Sealed {count} reviews of {cycle}."), count=len(done.sealed), cycle=code)
    if done.seal is None:
        raise KaohengError(faults, Kind.CONFLICT)
    digest = done.seal.outputs_sha256
    say(N_("Closed and sealed {cycle}: results {digest}."), cycle=code, digest=digest)


@cycle.command()
@click.argument("code", metavar="CYCLE")
@click.option("--reason", required=True, help="Which records changed, and why.")
def rerun(code: str, reason: str) -> None:
    """Run an approved or sealed CYCLE again on today's records; post what differs."""
    with application() as app, app.database.write() as session:
        found = find_cycle(session, code)
        done = rerun_cycle(session, actor(app, session), app.clock(), found, reason)
    say(
        N_("Ran {cycle} again (no. {seq}): {entries} entries posted."),
        cycle=code,
        seq=done.seq,
        entries=done.entries,
    )


@cycle.command()
@click.argument("code", metavar="CYCLE")
@printed(
    "record", "change", "counted_in", "person", "total_before", "total_after", "grade_before",
    "grade_after",
)  # fmt: skip
def changes(code: str) -> list[dict[str, object]]:
    """List what has changed since CYCLE was locked, and whom it would move."""
    with application() as app, app.database.read() as session:
        return change_rows(session, actor(app, session), find_cycle(session, code))


@cycle.command()
@click.argument("code", metavar="CYCLE")
@click.option("--reason", required=True, help="Which records changed, and why.")
def relock(code: str, reason: str) -> None:
    """Propose to measure locked CYCLE anew; finance or the sales director decides."""
    with application() as app, app.database.write() as session:
        found = find_cycle(session, code)
        propose_relock(session, actor(app, session), app.clock(), found, reason=reason)
    say(N_("Proposed to measure {cycle} anew."), cycle=code)


@cycle.command("decide-relock")
@click.argument("code", metavar="CYCLE")
@click.option("--approve/--decline", required=True, help="What you decide.")
@click.option("--reason", required=True, help="Why: it stays with the cycle.")
def decide_relock_(code: str, approve: bool, reason: str) -> None:
    """Decide whether CYCLE is measured anew."""
    with application() as app, app.database.write() as session:
        found = find_relock(session, find_cycle(session, code))
        who = actor(app, session)
        moved = decide_relock(session, who, app.clock(), found, approve=approve, reason=reason)
    if approve:
        say(N_("Measured {cycle} anew: {count} results changed."), cycle=code, count=len(moved))
    else:
        say(N_("Declined: {cycle} stays as it was measured."), cycle=code)


@cycle.command()
@click.argument("code", metavar="CYCLE")
@printed("kind", "of", "noise", "message", "numbers")
def fairness(code: str) -> list[dict[str, object]]:
    """Say what in CYCLE looks unfair, with its numbers; `noise` may be chance."""
    with application() as app, app.database.read() as session:
        rows = fairness_rows(session, actor(app, session), find_cycle(session, code))
    return [
        {**row, "message": gettext(row["message"], language(), **row["numbers"])} for row in rows
    ]


@cycle.command()
@click.argument("code", metavar="CYCLE")
def replay(code: str) -> None:
    """Compute a sealed CYCLE again and compare it with its seal, byte for byte.

    The seals of single reviews are compared as well, whether all of CYCLE is closed or not.
    """
    with application() as app, app.database.read() as session:
        found = replay_cycle(session, actor(app, session), find_cycle(session, code))
    if found:
        raise KaohengError(
            (
                fault
                for difference in found
                for fault in refuse(
                    "cycles.differs_from_seal",
                    N_("{cycle}: {stage} {part} was {sealed}, now {replayed}."),
                    N_("Somebody changed the stored cycle; compare it with a backup."),
                    kind=Kind.CONFLICT,
                    cycle=code,
                    stage=" ".join(filter(None, (difference.person, difference.stage))),
                    part=difference.part,
                    sealed=difference.sealed[:12],
                    replayed=difference.replayed[:12],
                ).faults
            ),
            Kind.CONFLICT,
        )
    say(N_("{cycle} replays to the same bytes."), cycle=code)


@cycle.command()
@click.argument("code", metavar="CYCLE")
@click.argument("version")
@click.option("--reason", required=True, help="Why; those who lose by it read it.")
@printed("cycle", "from", "to", "consents", single=True)
def move(code: str, version: str, reason: str) -> list[dict[str, object]]:
    """Prepare VERSION (a digest, or how it begins) for CYCLE; asks those who lose by it."""
    with application() as app, app.database.write() as session:
        found = find_cycle(session, code)
        to = find_version(session, version)
        who = actor(app, session)
        made = prepare_cycle_move(session, who, app.clock(), found, to=to, reason=reason)
        return [
            {
                "cycle": code,
                "from": made.before.digest,
                "to": made.after.digest,
                "consents": len(consents_of(session, made)),
            }
        ]


@cycle.command("carry-out")
@click.argument("code", metavar="CYCLE")
def carry_out(code: str) -> None:
    """Carry out the move prepared for CYCLE; whoever prepared it may not."""
    with application() as app, app.database.write() as session:
        found = waiting_move(session, find_cycle(session, code))
        who = actor(app, session)
        carry_out_cycle_move(session, who, app.clock(), found, seen=found.version)
        digest = found.after.digest
    say(N_("{cycle} is under version {digest} now."), cycle=code, digest=digest[:12])


@cycle.command("drop-move")
@click.argument("code", metavar="CYCLE")
def drop_move(code: str) -> None:
    """Give up the move prepared for CYCLE."""
    with application() as app, app.database.write() as session:
        found = waiting_move(session, find_cycle(session, code))
        drop_cycle_move(session, actor(app, session), app.clock(), found, seen=found.version)
    say(N_("Nothing is prepared for {cycle} any more."), cycle=code)


commands = [cycle]
