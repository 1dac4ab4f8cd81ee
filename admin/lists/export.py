"""A list as a file: the rows and columns that the page shows, with what is in them in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Response

from admin.formats import in_language
from admin.lists.columns import Column
from admin.people.stages import cycle_name, stage_name
from admin.preferences import translate
from admin.services import services
from admin.spreadsheet import csv_text
from admin.words import word
from engine.errors import N_
from workflows.base.clock import today
from workflows.incentives.operations import amount_of

_BOM = "\ufeff"  # without it Excel takes UTF-8 for the system's own encoding


def csv_file(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Return ``rows`` as a CSV download; a column may become two, as a name and a code."""
    header = [label for column in columns for label in _labels(column)]
    text = csv_text(header, (list(_cells(columns, row)) for row in rows))
    return Response(
        _BOM + text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="kaoheng-{name}.csv"'},
    )


def _labels(column: Column) -> list[str]:
    label = translate(column.label)
    if column.kind == "person":
        return [label, translate(N_("Code"))]
    if column.kind == "called":
        return [label, translate(N_("Id"))]
    if column.kind == "money":
        return [label, translate(N_("Currency"))]
    if column.kind == "cycle":
        return [label, translate(N_("Cycle code"))]
    if column.kind == "rule":
        return [label, translate(N_("Rule code"))]
    return [label]


def _cells(columns: Sequence[Column], row: Any) -> Iterator[object]:
    for column in columns:
        yield from _values(column.kind, column.value(row))


def _values(kind: str, value: Any) -> list[object]:
    if kind == "person":
        return [value.name, value.code] if value else [None, None]
    if kind == "called":
        return list(value)
    if kind == "money":
        return [amount_of(value), value.currency]
    if kind == "cycle":
        return [cycle_name(value), value.code]
    if kind == "rule":
        name, code = value
        return [in_language(name), code]
    return [_PLAIN[kind](value) if kind in _PLAIN and value is not None else value]


def _word(value: tuple[str, str]) -> str | None:
    return word(*value) if value[0] else None


def _moment(value: datetime) -> str:
    return f"{value.astimezone(services().settings.timezone):%Y-%m-%d %H:%M:%S}"


def _reason(row: Any) -> str:
    parts = [translate(part, **row.params) for part in (row.message, row.remedy) if part]
    return " ".join(parts)


# How a kind of cell that is no plain value is written; ``cells.html`` shows the same on a page.
_PLAIN: dict[str, Callable[[Any], object]] = {
    "badge": _word,
    "word": _word,
    "grade": lambda review: review.calibrated_grade or review.grade,
    "named": in_language,
    "instant": _moment,
    "day_at": _moment,
    "stage": lambda review: stage_name(review.stage, review.cycle),
    "due": lambda at: f"{today(at.due - timedelta(microseconds=1), services().settings.timezone)}",
    "fault": _reason,
    "roles": lambda held: ", ".join(word(each.role, "roles") for each in held),
}
