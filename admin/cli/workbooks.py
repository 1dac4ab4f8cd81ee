"""``kaoheng rules workbook``: a policy as an Excel workbook, and what comes back as its draft."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from admin.cli.acting import actor, application
from admin.cli.output import formatted, language, plain_fault, say
from engine.errors import N_
from workflows.base.i18n import render
from workflows.workbooks.merging import MINE, THEIRS, Change
from workflows.workbooks.operations import (
    Comparison,
    compare_workbook,
    take_workbook,
    workbook_of_draft,
    workbook_of_version,
)
from workflows.workbooks.reading import LIMITS, read_workbook


@click.group()
def workbook() -> None:
    """A policy as an Excel workbook that HR edits."""


@workbook.command("export")
@click.argument("policy")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--draft", is_flag=True, help="The draft instead of the version in force.")
@click.option("--version", "seq", type=int, help="The version with this number.")
def export(policy: str, file: Path, draft: bool, seq: int | None) -> None:
    """Write the workbook of POLICY to FILE."""
    with application() as app, app.database.read() as session:
        who = actor(app, session)
        if draft:
            data = workbook_of_draft(session, who, code=policy, language=language())
        else:
            data = workbook_of_version(
                session, who, app.today(), code=policy, seq=seq, language=language()
            )
    file.write_bytes(data)
    say(N_("Written: {file}."), file=str(file))


@workbook.command("import")
@click.argument("policy")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--prefer", type=click.Choice([MINE, THEIRS]), help="Which side wins conflicts.")
@click.option("--dry-run", is_flag=True, help="Show what it would change, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_(policy: str, file: Path, prefer: str | None, dry_run: bool, as_json: bool) -> None:
    """Take the workbook FILE as the draft of POLICY. Exit 1: cells, faults or conflicts forbid."""
    with file.open("rb") as stream:
        returned = read_workbook(stream.read(LIMITS.file_bytes + 1), file.name)
    with application() as app, app.database.write() as session:
        who = actor(app, session)
        found = compare_workbook(session, who, code=policy, returned=returned, choices={})
        choices = {each.name: prefer for each in found.merge.open if prefer}
        if choices:
            found = compare_workbook(session, who, code=policy, returned=returned, choices=choices)
        stands = not (found.unread or found.faults or found.merge.open)
        if stands and not dry_run and not found.is_nothing:
            take_workbook(
                session,
                who,
                app.clock(),
                code=policy,
                returned=returned,
                choices=choices,
                seen=found.seen,
            )
    _print(found, as_json)
    if not stands:
        sys.exit(1)


_COLUMNS = ("cell", "kind", "where", "before", "mine", "theirs", "conflict")


def _print(found: Comparison, as_json: bool) -> None:
    rows = [_row(each) for each in found.merge.changes]
    faults = (*found.unread, *found.faults)
    if as_json:
        whole = {"changes": rows, "faults": list(map(plain_fault, faults))}
        click.echo(formatted([whole], ("changes", "faults"), as_json=True, single=True), nl=False)
        return
    click.echo(formatted(rows, _COLUMNS), nl=False)
    for each in faults:
        click.echo(render(each, language()), err=True)


def _row(change: Change) -> dict[str, object]:
    return {
        "cell": f"{change.place.sheet}!{change.place.cell}" if change.place.cell else None,
        "kind": change.kind,
        "where": " · ".join(change.where),
        "before": change.before,
        "mine": change.mine,
        "theirs": change.theirs,
        "conflict": change.conflict,
    }


commands = [workbook]
