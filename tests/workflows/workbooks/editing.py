"""Editing a workbook as HR would: by the words beside a cell, in a saved copy of the file."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl

from workflows.workbooks.reading import read_workbook
from workflows.workbooks.returned import Edits, edits_of
from workflows.workbooks.writing import Origin, workbook

CODE = "test"
Edit = Callable[[Any], object]


def written(text: str, language: str = "en") -> bytes:
    return workbook(Origin(CODE, text, "v1"), language)


def changed(data: bytes, edit: Edit) -> bytes:
    """Open, edit and save a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edits(data: bytes, base: str) -> Edits:
    return edits_of(read_workbook(data, "w.xlsx"), base)


def cell(book: Any, name: str, column: str = "") -> Any:
    """Return the cell of the row whose mark is ``name``, under the header ``column``.

    Without a column, the first value.
    """
    for sheet in book.worksheets:
        marks = [each.value for each in sheet["A"]]
        if name not in marks:
            continue
        row = marks.index(name) + 1
        if not column:
            return sheet.cell(row, 3)
        above = max(n for n, mark in enumerate(marks[:row], 1) if str(mark).startswith("#"))
        heads = [each.value for each in sheet[above]]
        return sheet.cell(row, heads.index(column) + 1)
    raise KeyError(name)


def mark(book: Any, name: str) -> Any:
    """Return the sheet and the number of the row with a mark."""
    for sheet in book.worksheets:
        for each in sheet["A"]:
            if each.value == name:
                return sheet, each.row
    raise KeyError(name)
