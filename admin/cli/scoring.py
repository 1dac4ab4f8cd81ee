"""``kaoheng score``: one policy over one file of facts, with no database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click
from openpyxl import Workbook

from admin.cli.explained import explained
from admin.cli.facts_file import read_facts
from admin.cli.output import formatted, language
from admin.cli.rules import version_of
from admin.spreadsheet import csv_text, guarded
from engine.cells import typed
from engine.compile import compile_policy
from engine.errors import N_, Place, refuse
from engine.evaluate import Result, evaluate
from engine.facts import columns
from engine.outlook.whatif import changes
from engine.plain import plain_number
from engine.telling.describe import Wording
from engine.telling.explain import explain
from engine.version import Version
from workflows.base.i18n import gettext
from workflows.sources.limits import Limits

_SCORE = ("total", "grade", "coefficient")


@click.command()
@click.argument("policy")
@click.option(
    "--facts",
    "facts_path",
    type=click.Path(path_type=Path),
    required=True,
    help="CSV, XLSX or JSON.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write here (.csv, .xlsx or .json) instead of printing.",
)
@click.option(
    "--explain",
    "person",
    help="Explain this person's numbers, and what would change them.",
)
@click.option("--all", "everything", is_flag=True, help="Every named value, not only the outcome.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def score(
    policy: str,
    facts_path: Path,
    out: Path | None,
    person: str | None,
    everything: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Score everybody in a file of facts under POLICY (a name, a file or a folder)."""
    if as_json and as_csv:
        raise click.UsageError("--json or --csv, not both")
    version = version_of(policy)
    rows, lines = read_facts(facts_path, Limits())
    result = evaluate(version, typed(columns(version), rows, str(facts_path), lines))
    names, table = outcome(version, result, everything)
    if out is not None:
        write(out, table, names)
    if person is not None:
        click.echo(_explained(version, result, person, as_json), nl=False)
    elif out is None:
        click.echo(formatted(table, names, as_json, as_csv), nl=False)


def _explained(version: Version, result: Result, person: str, as_json: bool) -> str:
    found = explain(version, result, person, Wording(say=_say))
    scenarios = compile_policy(version.policy, scenarios=True)
    outlook = changes(scenarios, result.rows, person)
    return explained(found, outlook, version.policy, as_json)


def _say(message: str, /, **params: object) -> str:
    return gettext(message, language(), **params)


def outcome(
    version: Version, result: Result, everything: bool
) -> tuple[list[str], list[dict[str, object]]]:
    """Return the columns and a row a person: total, grade, steps, and grants as one text."""
    frame = result.frame
    wanted = (
        frame.columns
        if everything
        else [
            name
            for name in ("person", *_SCORE, *(step.code for step in version.policy.steps))
            if name in frame.columns
        ]
    )
    table = frame.select(wanted).sort("person").rows(named=True)
    given = {str(name): "; ".join(_grant(result, str(name))) for name in frame["person"].to_list()}
    names = [*wanted, "grants"] if any(given.values()) or not version.policy.steps else list(wanted)
    return names, [{**row, "grants": given[row["person"]]} for row in table]


def _grant(result: Result, person: str) -> list[str]:
    return [
        f"{grant.kind} {plain_number(grant.amount)} {grant.currency} ({grant.rule})"
        if grant.amount is not None
        else f"{grant.kind} ({grant.rule})"
        for grant in result.grants
        if grant.person == person
    ]


def write(path: Path, table: list[dict[str, object]], names: list[str]) -> None:
    """Write the outcome in the format that the file's ending names."""
    writers = {".csv": _write_csv, ".json": _write_json, ".xlsx": _write_xlsx}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise refuse(
            "score.out",
            N_("`{file}` is neither .csv, .json nor .xlsx."),
            N_("Give it one of these endings."),
            place=Place(str(path)),
            file=path.name,
        )
    try:
        writer(path, table, names)
    except OSError as error:
        raise refuse(
            "score.unwritable",
            N_("{file} cannot be written: {why}."),
            N_("Check the folder."),
            place=Place(str(path)),
            file=path.name,
            why=error.strerror or "",
        ) from error


def _write_csv(path: Path, table: list[dict[str, object]], names: list[str]) -> None:
    path.write_text(
        csv_text(names, ([row.get(name) for name in names] for row in table)),
        encoding="utf-8-sig",
        newline="",
    )  # Excel knows UTF-8 by its mark


def _write_json(path: Path, table: list[dict[str, object]], names: list[str]) -> None:
    path.write_text(formatted(table, names, as_json=True), encoding="utf-8")


def _write_xlsx(path: Path, table: list[dict[str, object]], names: list[str]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("results")
    sheet.append(list(names))
    for row in table:
        sheet.append(
            [row[name] if isinstance(row[name], Decimal) else guarded(row[name]) for name in names]
        )
    book.save(path)


commands = [score]
