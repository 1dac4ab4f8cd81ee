"""``kaoheng rules export`` and ``import``: the rulebook as a tree of files that git keeps well."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from admin.cli.acting import actor, application
from admin.cli.output import formatted, language, plain_fault, say
from engine.errors import N_
from workflows.base.i18n import gettext, render
from workflows.rulefiles.bringing import OUTCOMES, Brought, bring
from workflows.rulefiles.reading import from_folder
from workflows.rulefiles.tree import tree_of
from workflows.rulefiles.writing import write_folder


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--all", "every_version", is_flag=True, help="Every version beside what is in force.")
def export(folder: Path, every_version: bool) -> None:
    """Write what is in force as files into FOLDER; writing it again changes nothing."""
    with application() as app, app.database.read() as session:
        files = tree_of(session, actor(app, session), app.today(), every_version=every_version)
    done = write_folder(folder, files)
    say(
        N_("{files} files; written: {written}, removed: {removed}."),
        files=len(files),
        written=len(done.written),
        removed=len(done.removed),
    )


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(folder: Path, as_json: bool) -> None:
    """Make a draft of every policy in FOLDER that differs. Exit 1: one of them was refused."""
    files = from_folder(folder)
    with application() as app, app.database.write() as session:
        brought = bring(session, actor(app, session), app.clock(), app.today(), files)
    click.echo(formatted([_row(each, as_json) for each in brought], _COLUMNS, as_json), nl=False)
    for each in () if as_json else brought:
        for fault in each.faults:
            click.echo(render(fault, language()), err=True)
    if any(each.outcome == "refused" for each in brought):
        sys.exit(1)


_COLUMNS = ("policy", "outcome", "edit", "said", "faults")


def _row(brought: Brought, as_json: bool) -> dict[str, object]:
    return {
        "policy": brought.policy,
        "outcome": brought.outcome,
        "edit": brought.edit,
        "said": gettext(OUTCOMES[brought.outcome], language()),
        "faults": list(map(plain_fault, brought.faults)) if as_json else len(brought.faults),
    }


commands = [export, import_]
