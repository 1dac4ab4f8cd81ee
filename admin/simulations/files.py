"""A simulation's rows as a file: CSV, or a workbook whose cells are text and numbers, never run."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

import polars as pl
from openpyxl import Workbook
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.preferences import translate
from admin.simulations.tables import names_of
from admin.spreadsheet import csv_text, guarded
from engine.errors import N_
from engine.plain import plain_number
from workflows.simulation.reading import Told

_BOM = "\ufeff"
_COLUMNS = (
    (N_("Code"), "person"),
    (N_("Name"), "name"),
    (N_("Team"), "team"),
    (N_("Total before"), "before.total"),
    (N_("Total after"), "after.total"),
    (N_("Grade before"), "before.grade"),
    (N_("Grade after"), "after.grade"),
    (N_("Coefficient before"), "before.coefficient"),
    (N_("Coefficient after"), "after.coefficient"),
    (N_("Pay before"), "before.money"),
    (N_("Pay after"), "after.money"),
    (N_("Difference in pay"), "money"),
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def people_file(session: Session, kind: str, rows: pl.DataFrame, of: Told) -> Response:
    """Return the people as a download of this kind, ``csv`` or ``xlsx``."""
    header = [translate(label) for label, _ in _COLUMNS]
    lines = _lines(session, rows)
    content = (
        _workbook(header, lines) if kind == "xlsx" else (_BOM + csv_text(header, lines)).encode()
    )
    name = f"kaoheng-simulation-{of.candidate.simulation.public_id[:8]}.{kind}"
    return Response(
        content,
        content_type=_XLSX if kind == "xlsx" else "text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(session: Session, rows: pl.DataFrame) -> Iterator[list[object]]:
    names = names_of(session, rows["person"].to_list())
    for row in rows.iter_rows(named=True):
        row["name"] = names.get(row["person"])
        yield [row[name] for _, name in _COLUMNS]


def _workbook(header: Sequence[str], lines: Iterator[list[object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(translate(N_("People")))
    sheet.append(list(header))
    for line in lines:
        sheet.append([_cell(value) for value in line])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(value: object) -> object:
    """Return a number as one that Excel keeps in full, anything else as guarded text."""
    if isinstance(value, Decimal):
        short = plain_number(value)
        # A spreadsheet has fifteen digits: what has more stays text, digit by digit.
        return Decimal(short) if len(short.strip("-").replace(".", "")) <= 15 else short
    return guarded(value)
