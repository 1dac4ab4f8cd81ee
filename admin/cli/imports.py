"""``kaoheng import``: files of an export → records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from admin.cli.acting import actor, application
from admin.cli.output import formatted, language, say
from engine.errors import N_
from workflows.base.i18n import render
from workflows.sources.imports import ImportReport, import_folder
from workflows.sources.shipped import source_text

COUNTS = ("read", "new", "corrected", "unchanged", "quarantined")
COLUMNS = ("part", "file", *COUNTS)


@click.command("import")
@click.argument("source")
@click.option("--from", "folder", required=True, help="The folder that the files are in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the counts as CSV.")
def import_(source: str, folder: str, as_json: bool, as_csv: bool) -> None:
    """Import what SOURCE (a file, or a name under rules/sources) describes from a folder.

    Rows that cannot be read are listed with file, line, column and reason; the others go in.
    """
    if as_json and as_csv:
        raise click.UsageError("--json or --csv, not both")
    with application() as app:
        with app.database.read() as session:
            who = actor(app, session)
        text, file = source_text(source)
        report = import_folder(app, who, text=text, file=file, folder=Path(folder))
    if as_json:
        click.echo(json.dumps(_plain(report), ensure_ascii=False, indent=2))
        return
    click.echo(formatted([*_parts(report), _counts(report)], COLUMNS, as_csv=as_csv), nl=False)
    if not as_csv:
        _explain(report)


def _explain(report: ImportReport) -> None:
    for row in report.quarantined:
        for fault in row.faults:
            click.echo(render(fault, language()))
    if report.import_id is None:
        say(N_("Nothing changed: all of this was imported before."))


def _parts(report: ImportReport) -> Iterator[dict[str, object]]:
    for part in report.parts:
        yield {"part": part.name, **asdict(part)}


def _counts(report: ImportReport) -> dict[str, object]:
    totals = {name: sum(getattr(part, name) for part in report.parts) for name in COUNTS}
    return {"part": "total", "file": None, **totals}


def _plain(report: ImportReport) -> dict[str, Any]:
    totals = _counts(report)
    return {
        "import": report.import_id,
        "changed": report.import_id is not None,
        **{name: totals[name] for name in COUNTS},
        "parts": [{name: part[name] for name in COLUMNS} for part in _parts(report)],
        "quarantined": [
            {
                "file": row.file,
                "line": row.line,
                "column": fault.place.path,
                "value": str(fault.params.get("value", "")),
                "code": fault.code,
                "reason": render(fault, language()),
            }
            for row in report.quarantined
            for fault in row.faults
        ],
    }


commands = [import_]
