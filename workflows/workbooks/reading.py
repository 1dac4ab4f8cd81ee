"""Reading a workbook that came back: bounded, cell by cell, with the mark of each row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from engine.errors import N_, KaohengError, Place, refuse
from workflows.sources.limits import MEGABYTE, Limits
from workflows.sources.workbook import BROKEN_XLSX, refuse_bomb, text_of
from workflows.workbooks.cells import PLAIN, Cell
from workflows.workbooks.writing import FIRST, FORMAT, LABEL, MARK

LIMITS = Limits(
    file_bytes=5 * MEGABYTE, unfolded_bytes=50 * MEGABYTE, ratio_from_bytes=5 * MEGABYTE
)
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 20_000, 200, 60


@dataclass(frozen=True, slots=True)
class Sent:
    """A row: where it is, its mark, and its cells from the label's on."""

    file: str
    sheet: str
    line: int
    mark: str
    cells: tuple[Cell, ...]

    def cell(self, place: int) -> Cell:
        return self.cells[place] if place < len(self.cells) else Cell()

    def place(self, place: int, path: str | None = None) -> Place:
        """Return where the cell is, as people name it: ``KPI!D7``."""
        address = f"{get_column_letter(LABEL + place)}{self.line}"
        return Place(self.file, path=path, sheet=self.sheet, cell=address)


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook as it came: of which policy, from which text, in which language, its rows."""

    file: str
    policy: str
    base: str
    language: str
    rows: tuple[Sent, ...]


def read_workbook(data: bytes, file: str) -> Returned:
    """Read a workbook; refuse what is none, what is not ours, and what is too large."""
    if len(data) > LIMITS.file_bytes:
        raise _too_large(file)
    try:
        refuse_bomb(file, data, LIMITS)
        with (
            closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True)) as written,
            closing(
                openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            ) as computed,
        ):
            return _returned(file, tuple(_rows(file, written, computed)))
    except KaohengError:
        raise
    except BROKEN_XLSX as error:
        raise refuse(
            "workbook.none",
            N_("The file is not an Excel workbook (.xlsx), or it is damaged."),
            N_("Save it in Excel or WPS as .xlsx, then send it again."),
            place=Place(file),
        ) from error


def _returned(file: str, rows: tuple[Sent, ...]) -> Returned:
    about = {each.mark: text_of(each.cell(FIRST - LABEL).value) for each in rows[:20]}
    if about.get("format") != FORMAT or not about.get("policy") or not about.get("base"):
        raise refuse(
            "workbook.not_ours",
            N_("This is not a workbook of a policy, or its first sheet is gone."),
            N_("Download the policy's workbook, and make your changes in that one."),
            place=Place(file),
        )
    language = "en" if about.get("language") == "en" else "zh"
    return Returned(file, about["policy"], about["base"], language, rows)


def _rows(file: str, written: Any, computed: Any) -> Iterator[Sent]:
    if len(written.sheetnames) > MOST_SHEETS:
        raise _too_large(file)
    count = 0
    for name in written.sheetnames:
        sheets = (written[name], computed[name])
        for each in sheets:
            if not hasattr(each, "reset_dimensions"):
                break  # a sheet with nothing but a chart
            each.reset_dimensions()  # what a sheet says of its own size may be wrong
        else:
            for line, pair in enumerate(zip_longest(*(each.iter_rows() for each in sheets)), 1):
                count += 1
                if count > MOST_ROWS:
                    raise _too_large(file)
                both = zip_longest(*((each or ())[:MOST_COLUMNS] for each in pair))
                cells = tuple(_cell(*each) for each in both)
                mark = text_of(cells[MARK - 1].value) if cells else ""
                if mark or not all(each.is_empty for each in cells):
                    yield Sent(file, name, line, mark, cells[LABEL - 1 :])


def _cell(written: Any, computed: Any) -> Cell:
    if written is None or written.value is None:
        return Cell()
    if written.data_type == "f":
        value = None if computed is None else computed.value
        return Cell(value, written.number_format or PLAIN, no_result=value is None)
    return Cell(written.value, written.number_format or PLAIN)


def _too_large(file: str) -> KaohengError:
    return refuse(
        "workbook.too_large",
        N_("The workbook is larger than a policy's can be."),
        N_("Send the workbook that was downloaded, without pictures and further sheets."),
        place=Place(file),
    )
