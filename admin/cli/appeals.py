"""``kaoheng appeal``: appealing, handling an appeal, granting what it corrects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.output import printed, say
from engine.errors import N_
from workflows.access.actors import Actor
from workflows.appeals.attaching import attach_evidence
from workflows.appeals.corrections import KINDS, Correction
from workflows.appeals.effect import seen_by
from workflows.appeals.evidence import files_of, find_evidence
from workflows.appeals.operations import (
    accept_appeal,
    assign_appeal,
    propose_correction,
    reject_appeal,
    submit_appeal,
    withdraw_appeal,
)
from workflows.appeals.posting import (
    approve_correction,
    effect_of_proposal,
    return_correction,
)
from workflows.appeals.reading import appeal_rows, effect_shown, find_appeal, pay_visible
from workflows.appeals.tables import Appeal
from workflows.base.files import write_private
from workflows.base.states import state_named
from workflows.consultation.files import Attachment, attachments
from workflows.cycles.operations import find_cycle
from workflows.reviews.reading import find_review

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def appeal() -> None:
    """Appeals 绩效申诉: a doubt about one's own result, its answer, and what a correction moves.

    APPEAL is as `appeal list` prints it.
    """


@appeal.command("list")
@click.argument("code", metavar="[CYCLE]", required=False)
@printed("appeal", "cycle", "person", "state", "handler", "submitted_at", "answer_due", "late")
def list_(code: str | None) -> list[dict[str, object]]:
    """List the appeals that you may read, those to be answered first at the top."""
    with application() as app, app.database.read() as session:
        cycle = find_cycle(session, code) if code else None
        return appeal_rows(session, actor(app, session), app.clock(), cycle)


@appeal.command()
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.argument("numbers", nargs=-1, required=True)
@click.option("--reason", required=True, help="What is not right with them, and why.")
@click.option("--attach", multiple=True, type=FILE, help="A file that shows it.")
def submit(
    code: str, person: str, numbers: tuple[str, ...], reason: str, attach: tuple[Path, ...]
) -> None:
    """Appeal against NUMBERS of PERSON's result, such as total, sales.points or grant.bonus."""
    files = _attachments(attach)
    with application() as app, app.database.write() as session:
        review = find_review(session, find_cycle(session, code), person)
        made = submit_appeal(
            session,
            actor(app, session),
            app.clock(),
            review,
            names=numbers,
            reason=reason,
            files=files,
        )
        key = made.public_id
    say(N_("Appealed: {appeal}."), appeal=key)


@appeal.command()
@click.argument("key", metavar="APPEAL")
def withdraw(key: str) -> None:
    """Take APPEAL back."""
    _do(key, lambda s, who, now, a: withdraw_appeal(s, who, now, a, seen=a.version))


@appeal.command("attach")
@click.argument("key", metavar="APPEAL")
@click.argument("paths", metavar="FILE…", nargs=-1, required=True, type=FILE)
@click.option("--note", default="", help="What the files show.")
def attach_(key: str, paths: tuple[Path, ...], note: str) -> None:
    """Attach each FILE to APPEAL, as the one who appeals or as its handler."""
    files = _attachments(paths)
    _do(key, lambda s, who, now, a: attach_evidence(s, who, now, a, files, note=note))


@appeal.command("files")
@click.argument("key", metavar="APPEAL")
@printed("file", "name", "size", "by", "added_at", "sha256")
def files_(key: str) -> list[dict[str, object]]:
    """List what is attached to APPEAL; `size` in bytes."""
    with application() as app, app.database.read() as session:
        found = find_appeal(session, actor(app, session), key)
        return [
            {
                "file": each.id,
                "name": each.name,
                "size": each.size,
                "by": each.account.username,
                "added_at": each.added_at,
                "sha256": each.sha256,
            }
            for each in files_of(session, found)
        ]


@appeal.command()
@click.argument("key", metavar="APPEAL")
@click.argument("file_id", metavar="FILE", type=int)
@click.option("--to", required=True, type=click.Path(path_type=Path), help="Where it is written.")
def file(key: str, file_id: int, to: Path) -> None:
    """Write FILE of APPEAL, by its number in `appeal files`."""
    with application() as app, app.database.read() as session:
        found = find_evidence(session, actor(app, session), key, file_id)
        write_private(to, found.content)
    say(N_("Written to {path}."), path=to)


@appeal.command()
@click.argument("key", metavar="APPEAL")
@click.argument("account")
def assign(key: str, account: str) -> None:
    """Name the ACCOUNT that handles APPEAL: nobody who scored, approved or leads the person."""
    _do(
        key,
        lambda s, who, now, a: assign_appeal(s, who, now, a, handler=account, seen=a.version),
    )


@appeal.command()
@click.argument("key", metavar="APPEAL")
def accept(key: str) -> None:
    """Take APPEAL up."""
    _do(key, lambda s, who, now, a: accept_appeal(s, who, now, a, seen=a.version))


@appeal.command()
@click.argument("key", metavar="APPEAL")
@click.option("--answer", required=True, help="Why the result stands.")
def reject(key: str, answer: str) -> None:
    """Answer APPEAL: the result stands."""
    _do(key, lambda s, who, now, a: reject_appeal(s, who, now, a, answer=answer, seen=a.version))


@appeal.command()
@click.argument("key", metavar="APPEAL")
@click.argument("corrections", nargs=-1, required=True, metavar="KIND:NAME=VALUE…")
@click.option("--answer", required=True, help="What is corrected, and why.")
def propose(key: str, corrections: tuple[str, ...], answer: str) -> None:
    """Propose what APPEAL corrects.

    fact:sharing.manager=90, grade:calibrated_grade=A, record:deal/C-17/amount=60000.
    """
    found = [_correction(each) for each in corrections]
    _do(
        key,
        lambda s, who, now, a: propose_correction(
            s, who, now, a, corrections=found, answer=answer, seen=a.version
        ),
    )


@appeal.command()
@click.argument("key", metavar="APPEAL")
@printed("person", "what", "before", "after")
def effect(key: str) -> list[dict[str, object]]:
    """Say whom the correction of APPEAL moves, exactly: of those whose pay you may see."""
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        found = find_appeal(session, who, key)
        moves = effect_shown(session, found)
        visible = pay_visible(session, who, found.review.cycle)
        return [
            {
                "person": each.person,
                "what": name,
                "before": each.before.get(name),
                "after": each.after.get(name),
            }
            for each in (seen_by(moves, visible) if moves else ())
            for name in each.changes
        ]


@appeal.command()
@click.argument("key", metavar="APPEAL")
def approve(key: str) -> None:
    """Grant the correction of APPEAL and post what differs; see `appeal effect` first."""
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_appeal(session, who, key)
        shown = effect_of_proposal(session, found).digest if found.proposed else ""
        entries = approve_correction(
            session, who, app.clock(), found, seen=found.version, effect=shown
        )
    say(N_("Corrected: {entries} entries posted."), entries=entries)


@appeal.command("return")
@click.argument("key", metavar="APPEAL")
@click.option("--reason", required=True, help="What is to be looked at again.")
def return_(key: str, reason: str) -> None:
    """Send the correction of APPEAL back to its handler."""
    _do(
        key,
        lambda s, who, now, a: return_correction(s, who, now, a, reason=reason, seen=a.version),
    )


def _do(key: str, act: Callable[[Session, Actor, datetime, Appeal], None]) -> None:
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = find_appeal(session, who, key)
        act(session, who, app.clock(), found)
        state = found.state
    say(N_("The appeal is {state} now."), state=state_named("appeals", state))


def _attachments(paths: tuple[Path, ...]) -> list[Attachment]:
    return attachments((each.name, each.read_bytes()) for each in paths)


def _correction(text: str) -> Correction:
    kind, _, rest = text.partition(":")
    name, given, value = rest.partition("=")
    if kind not in KINDS or not given:
        raise click.UsageError(f"{text}: write one of {', '.join(KINDS)}, as kind:name=value")
    return Correction(kind, name, value)


commands = [appeal]
