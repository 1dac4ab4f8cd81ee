"""Writing the demo's files: the same rows give the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.xml.functions import tostring

_CORE = "docProps/core.xml"
_MADE = datetime(2025, 1, 1)  # noqa: DTZ001 (a workbook's own times have no zone)


def write_csv(path: Path, rows: Iterable[Sequence[str]], encoding: str) -> None:
    """Write ``rows`` as a spreadsheet program does: CRLF, quotes only where they are needed."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_xlsx(path: Path, sheet: str, rows: Iterable[Sequence[str | None]]) -> None:
    """Write ``rows`` as a workbook of one sheet, without the time and the packer's version."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    packed = io.BytesIO()
    book.save(packed)
    # Saving stamps the workbook with the machine's time, in two places.
    book.properties.created = book.properties.modified = _MADE
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(path, "w") as target:
        for part in source.infolist():
            core = part.filename == _CORE
            content = tostring(book.properties.to_tree()) if core else source.read(part)
            target.writestr(zipfile.ZipInfo(part.filename, _MADE.timetuple()[:6]), content)
