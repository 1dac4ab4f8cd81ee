"""The sheets that were sent, as texts: from a workbook or from an archive of CSV files."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

import openpyxl
from openpyxl.utils import get_column_letter

from engine.errors import N_, Fault, KaohengError, Place, refuse
from workflows.base.i18n import gettext
from workflows.org.books.layout import LANGUAGES, SHEETS, Sheet, unguarded
from workflows.sources.limits import MEGABYTE, Limits
from workflows.sources.workbook import BROKEN_XLSX, refuse_bomb, text_of

LIMITS = Limits(
    file_bytes=10 * MEGABYTE, unfolded_bytes=100 * MEGABYTE, ratio_from_bytes=5 * MEGABYTE
)
MOST_ROWS = 200_000
_WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its texts by column, and where each of them is."""

    file: str
    sheet: str
    line: int
    texts: dict[str, str]
    letters: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.texts.get(column, "")

    def place(self, column: str) -> Place:
        """Return where a cell is, as people name it: ``People!H7``."""
        letter = self.letters.get(column, "A")
        return Place(self.file, sheet=self.sheet, cell=f"{letter}{self.line}")


def read_sheets(data: bytes, file: str) -> dict[str, list[Row]]:
    """Return the rows of each sheet that was sent, by the sheet's name in code.

    Refuses what is neither a workbook nor an archive, what is too large, a file without the
    sheet of people, and columns that are missing.
    """
    if len(data) > LIMITS.file_bytes:
        raise _too_large(file)
    try:
        refuse_bomb(file, data, LIMITS)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            is_workbook = _WORKBOOK in archive.namelist()
        given = _of_workbook(file, data) if is_workbook else _of_archive(file, data)
    except KaohengError:
        raise
    except (*BROKEN_XLSX, zlib.error, csv.Error) as error:
        raise refuse(
            "org.no_book",
            N_("The file is neither an Excel workbook (.xlsx) nor a ZIP of CSV files."),
            N_("Download the organisation here, and make your changes in that file."),
            place=Place(file),
        ) from error
    if "people" not in given:
        raise refuse(
            "org.no_people",
            N_("The file has no sheet of people."),
            N_("Download the organisation here, and make your changes in that file."),
            place=Place(file),
        )
    return given


def _of_workbook(file: str, data: bytes) -> dict[str, list[Row]]:
    found = {}
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    with closing(workbook) as book:
        for title in book.sheetnames:
            sheet = _sheet(title)
            if sheet is not None and hasattr(book[title], "reset_dimensions"):
                book[title].reset_dimensions()  # what a sheet says of its own size may be wrong
                most = len(sheet.columns) + 10
                rows = book[title].iter_rows(max_col=most, values_only=True)
                texts = ([text_of(value) for value in row] for row in rows)
                found[sheet.name] = _rows(file, title, sheet, texts)
    return found


def _of_archive(file: str, data: bytes) -> dict[str, list[Row]]:
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            last = name.rpartition("/")[2]
            sheet = _sheet(last.removesuffix(".csv")) if last.endswith(".csv") else None
            if sheet is not None:
                text = _decoded(file, last, archive.read(name))
                read = csv.reader(io.StringIO(text, newline=""), strict=True)
                texts = ([unguarded(cell.strip()) for cell in row] for row in read)
                found[sheet.name] = _rows(file, last, sheet, texts)
    return found


def _decoded(file: str, name: str, data: bytes) -> str:
    for codec in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    raise refuse(
        "org.encoding",
        N_("The characters of {name} cannot be read."),
        N_("Save it as CSV UTF-8."),
        place=Place(file),
        name=name,
    )


def _sheet(title: str) -> Sheet | None:
    for sheet in SHEETS:
        if title.strip().casefold() in _names(sheet.name, sheet.title):
            return sheet
    return None


def _names(name: str, title: str) -> set[str]:
    titles = (gettext(title, language) for language in LANGUAGES)
    return {each.casefold() for each in (name, *titles)}


def _rows(file: str, title: str, sheet: Sheet, texts: Iterator[Sequence[str]]) -> list[Row]:
    header = next(texts, [])
    columns = _columns(file, title, sheet, header)
    letters = {name: get_column_letter(place + 1) for name, place in columns.items()}
    found = []
    for line, cells in enumerate(texts, 2):
        if line > MOST_ROWS:
            raise _too_large(file)
        own = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        if any(own.values()):
            found.append(Row(file, title, line, own, letters))
    return found


def _columns(file: str, title: str, sheet: Sheet, header: Sequence[str]) -> dict[str, int]:
    """Return where each column is; refuse those that are missing."""
    places = {text.strip().casefold(): place for place, text in reversed([*enumerate(header)])}
    found, faults = {}, []
    for column in sheet.columns:
        there = [places[name] for name in _names(column.name, column.title) if name in places]
        if there:
            found[column.name] = min(there)
        elif not column.optional:
            faults.append(
                Fault(
                    "org.no_column",
                    N_("The column “{title}” is missing."),
                    N_("Put it back into the first row, as it was downloaded."),
                    {"title": column.name},
                    Place(file, sheet=title, cell="A1"),
                )
            )
    if faults:
        raise KaohengError(faults)
    return found


def _too_large(file: str) -> KaohengError:
    return refuse(
        "org.too_large",
        N_("The file is larger than an organisation can be."),
        N_("Send it without pictures and further sheets, or in parts."),
        place=Place(file),
    )
