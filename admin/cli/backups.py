"""``kaoheng backup`` and ``kaoheng restore``.

Whoever runs them owns the server's files, so there is no token to ask for.
"""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.acting import application
from admin.cli.output import say
from engine.errors import N_
from workflows.backup.operations import backup as back_up
from workflows.backup.operations import restore as put_back
from workflows.base.keys import Keyring
from workflows.log.note import Verifier

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Write everything to FILE, as of one moment; others may go on working."""
    with application() as app:
        keyring = _keyring(app.database.keyring)
        made = back_up(app.database, keyring, file.absolute(), at=app.clock())
    say(
        N_(
            "Backed up {rows} rows and {size} log entries to {file}. The keys are not in it: "
            "keep a copy of {keys} somewhere else."
        ),
        rows=sum(table.rows for table in made.tables.values()),
        size=made.log_size,
        file=str(file),
        keys=str(keyring.folder),
    )


@click.command()
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Give up what is in the database now.")
@click.option("--trust-key", "keys", multiple=True, help="Accept a log signed by this public key.")
def restore(file: Path, replace: bool, keys: tuple[str, ...]) -> None:
    """Put back what `kaoheng backup` wrote to FILE: all of it or nothing."""
    also_trust = tuple(Verifier.parse(key) for key in keys)
    with application() as app:
        keyring = _keyring(app.database.keyring)
        found = put_back(
            app.database, keyring, file.absolute(), replace=replace, also_trust=also_trust
        )
    say(
        N_(
            "Restored {rows} rows and {size} log entries, and checked them; root {root}. Keys "
            "are not in a backup: personal values need the old folder's files in {keys}."
        ),
        rows=sum(table.rows for table in found.tables.values()),
        size=found.log_size,
        root=found.log_root,
        keys=str(keyring.folder),
    )


def _keyring(keyring: Keyring | None) -> Keyring:
    assert keyring is not None, "the application opens its database with a keyring"
    return keyring


commands = [backup, restore]
