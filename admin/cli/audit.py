"""``kaoheng audit``: checking the log, and what to give an auditor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.orm import Session

from admin.cli.acting import actor, application
from admin.cli.output import say
from engine.errors import N_, KaohengError, Kind
from workflows.access.decide import allow
from workflows.application import Application
from workflows.base.files import write_private
from workflows.log import signing
from workflows.log.append import checkpoint as give_checkpoint
from workflows.log.append import keyring_of
from workflows.log.export import export as export_log
from workflows.log.snapshot import snapshot
from workflows.log.values import State
from workflows.log.verify import Report
from workflows.log.verify import verify as verify_log

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """The tamper-evident log."""


@contextmanager
def _as_of_now() -> Iterator[Session]:
    with application() as app, snapshot(app.database) as session:
        _allow(app, session)
        yield session


def _allow(app: Application, session: Session) -> None:
    allow(actor(app, session, console=True), "verify_log")


@audit.command()
@click.option(
    "--checkpoint", "held", type=EXISTING, multiple=True,
    help="A checkpoint that was kept elsewhere; may be given several times.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(held: tuple[Path, ...], as_json: bool) -> None:
    """Check every entry; name the first that does not fit."""
    notes = [path.read_text(encoding="utf-8") for path in held]
    with _as_of_now() as session:
        report = verify_log(session, keyring_of(session), notes)
    if as_json:
        click.echo(json.dumps(_found(report)))
    if report.fault is not None:
        raise KaohengError([report.fault], Kind.CONFLICT)
    if not as_json:
        _say_it_holds(report)


def _found(report: Report) -> dict[str, object]:
    return {
        "holds": report.fault is None,
        "size": report.size,
        "root": report.root.hex(),
        "checkpoints": report.checkpoints,
        "values": {state.value: report.values[state] for state in State},
        "entry": report.entry,
        "code": report.fault.code if report.fault else None,
    }


def _say_it_holds(report: Report) -> None:
    say(
        N_(
            "The log holds: {size} entries, root {root}; personal values: "
            "{readable} readable, {erased} erased, {lost} without their key."
        ),
        size=report.size,
        root=report.root.hex(),
        readable=report.values[State.READABLE],
        erased=report.values[State.ERASED],
        lost=report.values[State.LOST],
    )


@audit.command()
@click.option("--out", type=click.Path(path_type=Path), help="Write it to this file.")
def checkpoint(out: Path | None) -> None:
    """Sign how the log stands now; keep it outside this machine, for `audit verify`."""
    with application() as app, app.database.write() as session:
        _allow(app, session)
        note = give_checkpoint(session, at=app.clock())
    if out is None:
        click.echo(note, nl=False)
    else:
        write_private(out.absolute(), note.encode())
        say(N_("Wrote the checkpoint to {file}."), file=str(out))


@audit.command()
@click.argument("folder", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write the log into a new FOLDER that docs/verify_log.py checks without this program."""
    with _as_of_now() as session:
        size = export_log(session, folder.absolute())
    say(
        N_("Wrote {size} entries to {folder}. Check them: python3 docs/verify_log.py {folder}"),
        size=size,
        folder=str(folder),
    )


@audit.command()
def key() -> None:
    """Print the log's public key, for those who check its signatures."""
    with application() as app, app.database.read() as session:
        _allow(app, session)
        assert app.database.keyring is not None
        click.echo(str(signing.signer(app.database.keyring).verifier))


commands = [audit]
