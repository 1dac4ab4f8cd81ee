"""What commands print: a table for people, ``--csv`` or ``--json`` for programs."""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from engine.errors import KaohengError
from workflows.base.i18n import gettext, render_all
from workflows.base.settings import LANGUAGES

Row = dict[str, object]
Rows = list[Row]

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def language() -> str:
    """Return the command line's language; Chinese where the setting is not one we have."""
    chosen = os.environ.get("KAOHENG_LANGUAGE", "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def say(message: str, **params: object) -> None:
    """Print a translated line."""
    click.echo(gettext(message, language(), **params))


def complain(error: KaohengError) -> None:
    """Print every fault, a line each, to standard error."""
    for line in render_all(error, language()):
        click.echo(line, err=True)


def printed(*columns: str, single: bool = False) -> Callable[[Callable[..., Rows]], Any]:
    """Make a command print the rows that it returns, with ``columns`` in this order.

    Adds ``--csv`` and ``--json``; with ``single``, JSON is the one row itself.
    """

    def decorate(command: Callable[..., Rows]) -> Any:
        @click.option("--csv", "form", flag_value="csv", help="Comma-separated values.")
        @click.option("--json", "form", flag_value="json", help="JSON, decimals as text.")
        @functools.wraps(command)
        def run(*args: Any, form: str | None, **kwargs: Any) -> None:
            rows = command(*args, **kwargs)
            if form == "csv":
                click.echo(as_csv(columns, rows), nl=False)
            elif form == "json":
                click.echo(as_json(columns, rows, single=single))
            else:
                click.echo(as_table(columns, rows))

        return run

    return decorate


def as_json(columns: Sequence[str], rows: Rows, *, single: bool = False) -> str:
    """Return the rows as JSON: whole numbers as numbers, decimals as exact text."""
    plain = [{column: _plain(row.get(column)) for column in columns} for row in rows]
    return json.dumps(plain[0] if single else plain, ensure_ascii=False, indent=1)


def as_csv(columns: Sequence[str], rows: Rows) -> str:
    """Return the rows as CSV; text that a spreadsheet would run as a formula is quoted with '."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guarded(row.get(column)) for column in columns] for row in rows)
    return buffer.getvalue()


def as_table(columns: Sequence[str], rows: Rows) -> str:
    """Return the rows as aligned columns; a Chinese character is two wide."""
    cells = [list(columns), *([_text(row.get(column)) for column in columns] for row in rows)]
    widths = [max(_width(line[i]) for line in cells) for i in range(len(columns))]
    numeric = [all(_is_number(row.get(column)) for row in rows) for column in columns]
    return "\n".join(
        "  ".join(_pad(cell, widths[i], right=numeric[i]) for i, cell in enumerate(line)).rstrip()
        for line in cells
    )


def guarded(value: object) -> str:
    """Return a cell's text that no spreadsheet takes for a formula."""
    text = _text(value)
    if text.startswith(_FORMULA) and not _is_number(value):
        return f"'{text}"
    return text


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | list | dict) else _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _is_number(value: object) -> bool:
    if value is None or isinstance(value, int | Decimal):
        return True
    return isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdecimal()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return f"{space}{text}" if right else f"{text}{space}"
