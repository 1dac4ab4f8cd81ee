"""Cells for a spreadsheet: plain text, and never a formula that somebody typed into the data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from engine.plain import plain_number

# A spreadsheet runs a cell that begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV; a text that a spreadsheet would run as a formula gets an apostrophe before it."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([guarded(value) for value in row] for row in rows)
    return stream.getvalue()


def guarded(value: object) -> str:
    """Return a cell's text; numbers stay numbers, also below zero."""
    text = worded(value)
    return (
        f"'{text}"
        if isinstance(value, str) and text.startswith(_FORMULA) and not _is_number(text)
        else text
    )


def worded(value: object) -> str:
    """Return a value as a cell's text: decimals plain, truths as words, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = plain_number(value) if isinstance(value, Decimal) else str(value)
    return "".join(mark if mark.isprintable() else " " for mark in text)


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()
