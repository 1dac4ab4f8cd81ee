"""Excel workbooks, XLSX and XLS: every cell as the text a person would have typed.

An XLSX is a zip, so its directory is looked at before any part is unfolded; Python's
zip reader gives no more of a part than the directory says.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import xlrd
from openpyxl.utils.exceptions import InvalidFileException
from xlrd.xldate import XLDateError, xldate_as_datetime

from engine.errors import N_, KaohengError, Place, refuse
from workflows.sources.limits import Limits
from workflows.sources.model import SourceFile

BROKEN_XLSX = (
    InvalidFileException, OSError, zipfile.BadZipFile, zlib.error, ParseError, EOFError,
    KeyError, ValueError, IndexError, TypeError, AttributeError, NotImplementedError, RuntimeError,
)  # fmt: skip
_BROKEN_XLS = (
    xlrd.XLRDError, xlrd.compdoc.CompDocError, zipfile.BadZipFile, struct.error, ValueError,
    IndexError, KeyError, TypeError, AttributeError, AssertionError, NotImplementedError,
)  # fmt: skip
_SIGNIFICANT_DIGITS = 15


def xlsx_rows(
    file: SourceFile, data: bytes, limits: Limits
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give each row of the sheet with its number; raise KaohengError where it is no workbook."""
    try:
        refuse_bomb(file.name, data, limits)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        with closing(book):
            yield from _sheet_rows(file, book[_sheet_name(file, book.sheetnames)])
    except KaohengError:
        raise
    except BROKEN_XLSX as error:
        raise _not_a_workbook(file, "XLSX") from error


def _sheet_rows(file: SourceFile, sheet: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give the rows to the header, then those below it no wider than the header is."""
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    width = 1
    for line, cells in enumerate(sheet.iter_rows(max_row=file.header, values_only=True), start=1):
        header = _trimmed(map(text_of, cells))
        width = max(len(header), 1)
        yield line, header
    below = sheet.iter_rows(min_row=file.header + 1, max_col=width, values_only=True)
    for line, cells in enumerate(below, start=file.header + 1):
        yield line, _trimmed(map(text_of, cells))


def xls_rows(file: SourceFile, data: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give each row of the sheet with its number; raise KaohengError where it is no workbook."""
    try:
        book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), on_demand=True)
        sheet = book.sheet_by_name(_sheet_name(file, book.sheet_names()))
        for line in range(sheet.nrows):
            cells = sheet.row(line)
            yield line + 1, _trimmed(_xls_text(cell, book.datemode) for cell in cells)
    except KaohengError:
        raise
    except _BROKEN_XLS as error:
        raise _not_a_workbook(file, "XLS") from error


def text_of(value: object) -> str:
    """Return a cell's value as text: numbers plain and exact, dates ISO, blanks empty.

    Excel keeps numbers as binary fractions and shows 15 digits of them; a sum that it
    shows as 0.3 is stored as 0.30000000000000004, and 0.3 is what is meant.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value).strip()


def _plain(value: float) -> str:
    shown = Decimal(f"{value:.{_SIGNIFICANT_DIGITS}g}")
    if not shown.is_finite():
        return str(value)
    return format(shown.quantize(1) if shown == shown.to_integral_value() else shown, "f")


def _xls_text(cell: xlrd.sheet.Cell, datemode: int) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return text_of(xldate_as_datetime(cell.value, datemode))
        except (XLDateError, OverflowError):
            return _plain(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return text_of(bool(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
    return text_of(cell.value)


def _trimmed(texts: Iterator[str]) -> tuple[str, ...]:
    """Drop the empty cells that workbooks have after the last used column."""
    cells = list(texts)
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _sheet_name(file: SourceFile, present: list[str]) -> str:
    if file.sheet is None and present:
        return present[0]
    if file.sheet in present:
        return file.sheet
    raise refuse(
        "source.sheet_missing",
        N_("The workbook has no sheet “{sheet}”."),
        N_("Correct the sheet's name in the source file; it has: {present}."),
        place=Place(file.name),
        sheet=file.sheet or "",
        present=", ".join(present) or "-",
    )


def refuse_bomb(name: str, data: bytes, limits: Limits) -> None:
    """Refuse a zip that unfolds to more than any honest workbook, by its directory alone."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    folded_too_well = any(
        part.file_size > limits.ratio_from_bytes
        and part.file_size > limits.ratio * part.compress_size
        for part in parts
    )
    if total > limits.unfolded_bytes or folded_too_well:
        raise refuse(
            "source.workbook_unfolds",
            N_("The workbook of {size} bytes unfolds to {unfolded} bytes; it is not read."),
            N_("Save only the sheet that is needed as a new workbook, or as CSV."),
            place=Place(name),
            size=len(data),
            unfolded=total,
        )


def _not_a_workbook(file: SourceFile, name: str) -> KaohengError:
    return refuse(
        "source.not_a_workbook",
        N_("The file is not an {format} workbook, or it is damaged."),
        N_("Open it in Excel and save it as {format}, or declare the format it has."),
        place=Place(file.name),
        format=name,
    )
