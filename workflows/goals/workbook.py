"""A year's targets as an Excel workbook, a sheet a goal: 工号 × product line × 12 months."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill, Protection
from openpyxl.utils import get_column_letter

from engine.errors import N_, KaohengError, Place, refuse
from workflows.base.i18n import gettext
from workflows.goals.grid import Row, Sent, rows_of
from workflows.goals.shape import MONTHS
from workflows.goals.store import Tree
from workflows.sources.limits import MEGABYTE, Limits
from workflows.sources.workbook import BROKEN_XLSX, refuse_bomb, text_of

FORMAT = "kaoheng-goals-1"
LIMITS = Limits(
    file_bytes=20 * MEGABYTE, unfolded_bytes=200 * MEGABYTE, ratio_from_bytes=5 * MEGABYTE
)
MOST_ROWS = 60_000
# Rows: what the sheet is of (hidden), the header, then the figures.
_ABOUT, _HEADER, _FIRST = 1, 2, 3
_CODE, _NAME, _LINE, _JANUARY = 1, 2, 3, 4
_SUM = _JANUARY + MONTHS
_HEADING = Font(bold=True)
_OPEN = PatternFill("solid", fgColor="FFFFFBEB")


@dataclass(frozen=True, slots=True)
class Returned:
    """A sheet that came back: of which goal, version and number of changes, and its rows."""

    year: int
    goal: str
    seq: int
    seen: int
    rows: tuple[Sent, ...]


def workbook_of(trees: Sequence[Tree], language: str) -> bytes:
    """Return the workbook of a version's goals; only the months may be changed in it."""
    book = Workbook()
    book.remove(book.active)
    for tree in trees:
        _sheet(book.create_sheet(tree.goal.code[:31]), tree, language)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(sheet: Any, tree: Tree, language: str) -> None:
    version, goal = tree.version, tree.goal
    about = (FORMAT, goal.plan.year, goal.code, version.seq, version.version)
    for column, value in enumerate(about, 1):
        sheet.cell(_ABOUT, column, value)
    sheet.row_dimensions[_ABOUT].hidden = True
    names = [N_("Staff code"), N_("Name"), N_("Product line or customer group")]
    months = [gettext(N_("Month {number}"), language, number=n) for n in range(1, MONTHS + 1)]
    header = [*(gettext(name, language) for name in names), *months, gettext(N_("Year"), language)]
    for column, value in enumerate(header, 1):
        sheet.cell(_HEADER, column, value).font = _HEADING
    for line, row in enumerate(rows_of(tree), _FIRST):
        _line(sheet, line, row)
    sheet.freeze_panes = sheet.cell(_FIRST, _JANUARY)
    for column, width in ((_CODE, 14), (_NAME, 16), (_LINE, 20)):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.protection.sheet = True  # without a password: it keeps a hand from slipping


def _line(sheet: Any, line: int, row: Row) -> None:
    for column, text in ((_CODE, row.code), (_NAME, row.name), (_LINE, row.label)):
        cell = sheet.cell(line, column)
        cell.value, cell.number_format, cell.data_type = text, "@", "s"
    for column, month in enumerate(row.months, _JANUARY):
        cell = sheet.cell(line, column, month)
        if not row.locked:
            cell.fill, cell.protection = _OPEN, Protection(locked=False)
    first, last = get_column_letter(_JANUARY), get_column_letter(_SUM - 1)
    sheet.cell(line, _SUM, f"=SUM({first}{line}:{last}{line})")


def read_goals(data: bytes, file: str) -> list[Returned]:
    """Read a workbook that came back; refuse what is none, what is not ours, what is too large."""
    if len(data) > LIMITS.file_bytes:
        raise _too_large(file)
    try:
        refuse_bomb(file, data, LIMITS)
        # With computed values: a formula in a month counts as what it gave in Excel.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        with closing(book):
            found = [_returned(file, book[name]) for name in book.sheetnames]
    except KaohengError:
        raise
    except BROKEN_XLSX as error:
        raise refuse(
            "workbook.none",
            N_("The file is not an Excel workbook (.xlsx), or it is damaged."),
            N_("Save it in Excel or WPS as .xlsx, then send it again."),
            place=Place(file),
        ) from error
    ours = [each for each in found if each is not None]
    if not ours:
        raise refuse(
            "goals.not_ours",
            N_("This is not a workbook of a goal plan, or its first row is gone."),
            N_("Download the plan's workbook, and make your changes in that one."),
            place=Place(file),
        )
    return ours


def _returned(file: str, sheet: Any) -> Returned | None:
    if not hasattr(sheet, "reset_dimensions"):
        return None  # a sheet with nothing but a chart
    sheet.reset_dimensions()  # what a sheet says of its own size may be wrong
    about = next(sheet.iter_rows(max_row=_ABOUT, max_col=5, values_only=True), ())
    texts = [text_of(value) for value in about]
    if len(texts) < 5 or texts[0] != FORMAT or not all(_is_count(texts[n]) for n in (1, 3, 4)):
        return None
    rows = tuple(_rows(file, sheet))
    return Returned(int(texts[1]), texts[2], int(texts[3]), int(texts[4]), rows)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _rows(file: str, sheet: Any) -> Iterator[Sent]:
    lines = sheet.iter_rows(min_row=_FIRST, max_col=_SUM - 1, values_only=True)
    for line, values in enumerate(lines, _FIRST):
        if line > MOST_ROWS:
            raise _too_large(file)
        cells = [text_of(value) for value in values]
        cells += [""] * (_SUM - 1 - len(cells))
        if not any(cells):
            continue
        columns = (_CODE, _LINE, *range(_JANUARY, _SUM))
        places = tuple(
            Place(file, sheet=sheet.title, cell=f"{get_column_letter(column)}{line}")
            for column in columns
        )
        months = tuple(cells[_JANUARY - 1 : _SUM - 1])
        yield Sent(cells[_CODE - 1], cells[_LINE - 1], months, places)


def _too_large(file: str) -> KaohengError:
    return refuse(
        "goals.too_large",
        N_("The workbook is larger than a plan's can be."),
        N_("Send the workbook that was downloaded, without pictures and further sheets."),
        place=Place(file),
    )
