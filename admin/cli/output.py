"""What the commands print: an aligned table, or CSV, or JSON, the same rows in each."""

from __future__ import annotations

import functools
import json
import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click

from admin.spreadsheet import csv_text, worded
from engine.errors import Fault, KaohengError
from workflows.base.i18n import gettext, render_all

Rows = Sequence[Mapping[str, object]]


def language() -> str:
    """Return the command line's language; a wrong setting is refused where settings are read."""
    return "en" if os.environ.get("KAOHENG_LANGUAGE", "zh") == "en" else "zh"


def say(message: str, **params: object) -> None:
    """Print one translated line."""
    click.echo(gettext(message, language(), **params))


def aside(message: str, **params: object) -> None:
    """Print one translated line to standard error: it is no part of what the command gives."""
    click.echo(gettext(message, language(), **params), err=True)


def complain(error: KaohengError) -> None:
    """Print every fault, a line each, to standard error."""
    for line in render_all(error, language()):
        click.echo(line, err=True)


def printed(
    *columns: str, single: bool = False
) -> Callable[[Callable[..., Rows]], Callable[..., None]]:
    """Let a command return rows and be asked for them as ``--csv`` or ``--json``.

    ``single`` prints the one row of a result as one JSON object.
    """

    def decorate(command: Callable[..., Rows]) -> Callable[..., None]:
        @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
        @click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
        @functools.wraps(command)
        def shown(*args: Any, as_json: bool, as_csv: bool, **kwargs: Any) -> None:
            if as_json and as_csv:
                raise click.UsageError("--json or --csv, not both")
            click.echo(
                formatted(command(*args, **kwargs), columns, as_json, as_csv, single), nl=False
            )

        return shown

    return decorate


def formatted(
    rows: Rows,
    columns: Sequence[str],
    as_json: bool = False,
    as_csv: bool = False,
    single: bool = False,
) -> str:
    """Return rows as JSON, CSV or an aligned table, with ``columns`` in their order."""
    if as_json:
        plain = [{column: _jsonable(row.get(column)) for column in columns} for row in rows]
        return (
            json.dumps(plain[0] if single and plain else plain, ensure_ascii=False, indent=2) + "\n"
        )
    if as_csv:
        return csv_text(columns, ([row.get(column) for column in columns] for row in rows))
    return table_text(rows, columns)


def table_text(rows: Rows, columns: Sequence[str]) -> str:
    """Return an aligned table; Chinese characters are two columns wide."""
    lines = [list(columns), *([_shown(row.get(column)) for column in columns] for row in rows)]
    widths = [max(width(line[place]) for line in lines) for place in range(len(columns))]
    return "".join(
        "  ".join(
            cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def _shown(value: object) -> str:
    """Return a cell as a reader wants it: a time to the second; --json and --csv have all of it."""
    return worded(value.replace(microsecond=0) if isinstance(value, datetime) else value)


def width(text: str) -> int:
    """Return how many columns a terminal gives to ``text``."""
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in "WF" else 1
        for mark in text
    )


def plain_fault(fault: Fault) -> dict[str, object]:
    """Return a fault in the reader's language, as JSON has it."""
    place = fault.place
    return {
        "code": fault.code,
        "message": gettext(fault.message, language(), **fault.params),
        "remedy": gettext(fault.remedy, language(), **fault.params),
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "path": place.path,
    }


def _jsonable(value: object) -> object:
    """Return what JSON has no kind for (a decimal, a time) as its text."""
    return worded(value) if isinstance(value, Decimal | date) else value
