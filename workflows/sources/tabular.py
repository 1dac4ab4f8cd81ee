"""A file of rows, whatever its format: every value as text, with its place.

What is wrong with the file as a whole (missing, too large, in another encoding,
without a column) is refused here, all of it at once; what is wrong with one row is
found later, by those who know what the row means.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from openpyxl.utils import get_column_letter

from engine.errors import N_, Fault, KaohengError, Place, refuse
from workflows.sources.delimited import delimited_rows
from workflows.sources.limits import Limits
from workflows.sources.model import Format, SourceFile
from workflows.sources.workbook import xls_rows, xlsx_rows

RawRows = Iterator[tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line (or sheet row) from 1 and the text of its cells, stripped."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file read: its SHA-256, where each column stands (from 0), the rows that hold anything."""

    file: SourceFile
    sha256: str
    columns: dict[str, int]
    width: int
    rows: tuple[Row, ...]

    def value(self, row: Row, column: str) -> str:
        """Return the cell's text; a row that ends early has blanks."""
        index = self.columns[column]
        return row.cells[index] if index < len(row.cells) else ""

    def raw(self, row: Row) -> dict[str, str]:
        """Return the row as it stands in the file, by column."""
        return {column: self.value(row, column) for column in self.columns}

    def place(self, row: Row, column: str | None = None) -> Place:
        """Return where the row, or its cell in ``column``, is."""
        if column is None:
            return Place(self.file.name, row.line, sheet=self.file.sheet)
        index = self.columns[column] + 1
        workbook = self.file.format in (Format.XLSX, Format.XLS)
        cell = f"{get_column_letter(index)}{row.line}" if workbook else None
        return Place(self.file.name, row.line, index, column, self.file.sheet, cell)


def read_table(file: SourceFile, folder: Path, needed: Sequence[str], limits: Limits) -> Table:
    """Read ``file`` from ``folder``; raise KaohengError with the faults of the file, if any."""
    data = _content(folder / file.name, file, limits)
    raw = _raw_rows(file, data, limits)
    header = next((cells for line, cells in raw if line == file.header), ())
    columns = _columns(file, header, needed)
    rows = tuple(_rows(file, raw, len(header), limits))
    if not rows and not file.may_be_empty:
        raise refuse(
            "source.file_empty",
            N_("The file has no rows below its header."),
            N_("Export it again, or declare may_be_empty: true for this file."),
            place=Place(file.name, file.header),
        )
    return Table(file, hashlib.sha256(data).hexdigest(), columns, len(header), rows)


def _content(path: Path, file: SourceFile, limits: Limits) -> bytes:
    """Return the file's bytes; its size is looked at before anything is read."""
    place = Place(file.name)
    if not path.is_file():
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
        raise refuse(
            "source.file_missing",
            N_("There is no file {name} in {folder}."),
            N_("Put it there, or correct its name in the source file; the folder has: {present}."),
            place=place,
            name=file.name,
            folder=str(path.parent),
            present=_nearest_first(file.name, names),
        )
    with path.open("rb") as stream:
        size = path.stat().st_size
        data = stream.read(limits.file_bytes + 1) if size <= limits.file_bytes else b""
    if max(size, len(data)) > limits.file_bytes:
        raise refuse(
            "source.file_too_large",
            N_("The file has {size} bytes; at most {limit} are read."),
            N_("Split it by period, or raise the limit in the settings."),
            place=place,
            size=max(size, len(data)),
            limit=limits.file_bytes,
        )
    return data


def _raw_rows(file: SourceFile, data: bytes, limits: Limits) -> RawRows:
    if not data:
        return iter(())
    if file.format is Format.XLSX:
        return xlsx_rows(file, data, limits)
    if file.format is Format.XLS:
        return xls_rows(file, data)
    return delimited_rows(file, data)


def _columns(file: SourceFile, header: Sequence[str], needed: Sequence[str]) -> dict[str, int]:
    """Return where each named column stands; every needed one must be there, once."""
    place = Place(file.name, file.header, sheet=file.sheet)
    if not any(header):
        raise refuse(
            "source.no_header",
            N_("Row {row} has no column names."),
            N_("Check that the file is not empty, and which row the source file calls header."),
            place=place,
            row=file.header,
        )
    names = [" ".join(name.split()) for name in header]
    counts = Counter(names)
    faults = [
        _column_missing(place, name, [present for present in names if present])
        if not counts[name]
        else _column_twice(place, name)
        for name in needed
        if counts[name] != 1
    ]
    if faults:
        raise KaohengError(faults)
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name:
            first.setdefault(name, index)
    return first


def _column_missing(place: Place, name: str, present: Sequence[str]) -> Fault:
    return Fault(
        "source.column_missing",
        N_("There is no column “{column}”."),
        N_("Rename the column, or correct the source file; the nearest present: {present}."),
        {"column": name, "present": _nearest_first(name, present)},
        place,
    )


def _column_twice(place: Place, name: str) -> Fault:
    return Fault(
        "source.column_twice",
        N_("Two columns are called “{column}”."),
        N_("Rename or remove one of them: which is meant cannot be told."),
        {"column": name},
        place,
    )


def _nearest_first(name: str, present: Sequence[str]) -> str:
    """Return what is nearest to ``name``, or where nothing is near, what there is."""
    near = get_close_matches(name, present, n=1, cutoff=0.5)
    return ", ".join(near or present[:20]) or "-"


def _rows(file: SourceFile, raw: RawRows, width: int, limits: Limits) -> Iterator[Row]:
    """Give the rows below the header that hold anything."""
    for line, cells in raw:
        if line - file.header > limits.rows:
            raise refuse(
                "source.too_many_rows",
                N_("The file has more than {limit} rows."),
                N_("Split it by period, or raise the limit in the settings."),
                place=Place(file.name, line),
                limit=limits.rows,
            )
        if any(cells):
            yield Row(line, cells if len(cells) <= width else _within(cells, width))


def _within(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Drop empty trailing cells; those that hold something stay, so that the row is questioned."""
    end = max(index for index, cell in enumerate(cells) if cell) + 1
    return cells[: max(end, width)]
