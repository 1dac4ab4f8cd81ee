"""Writing a policy's text as a workbook: what may be changed is open, the rest is locked.

The sheets are protected without a password: that keeps a hand from slipping, not from working.
The hidden first column says what each row is, and the first sheet what the workbook began from.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from engine.errors import N_
from engine.reader import read
from engine.sheets.parts import Field
from workflows.base.i18n import gettext
from workflows.base.said import said
from workflows.workbooks.cells import TEXT, Cell, cell_of
from workflows.workbooks.layout import Block, Page, Row, pages

FORMAT = "kaoheng-policy-1"
ADDED, HEADER, SUM = "+", "#", "="  # how the marks of rows that are no entry begin
ADDITIONS = 3  # blank rows under a block that may grow
MARK, LABEL, FIRST = 1, 2, 3  # columns: the hidden mark, what the row is, its first value

_INK, _LINE, _HEAD, _OPEN = "FF1F2937", "FFD1D5DB", "FFEEF2F7", "FFFFFBEB"
_EDGE = Border(*(Side(style="thin", color=_LINE) for _ in range(4)))
_WIDEST = 48


@dataclass(frozen=True, slots=True)
class Origin:
    """What a workbook is made from: the policy, its text, and what that is called."""

    code: str
    text: str
    called: str


def workbook(origin: Origin, language: str) -> bytes:
    """Return the workbook of a policy's text; refuse a text that cannot be read."""
    book = Workbook()
    book.remove(book.active)
    found = pages(read(origin.text.removeprefix("\ufeff"), origin.code), language)
    _about(book.create_sheet(_said(N_("Read me"), language)), origin, language)
    for page, name in zip(found, _names(found), strict=True):
        _page(book.create_sheet(name), page, language)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _about(sheet: Any, origin: Origin, language: str) -> None:
    lines = (
        ("format", N_("Format"), FORMAT),
        ("policy", N_("Policy"), origin.code),
        ("from", N_("Began from"), origin.called),
        ("base", N_("Digest of the text"), sha256(origin.text.encode()).hexdigest()),
        ("language", N_("Language"), language),
    )
    for number, (mark, label, value) in enumerate(lines, 1):
        _put(sheet, number, MARK, Cell(mark, TEXT))
        _put(sheet, number, LABEL, Cell(_said(label, language), TEXT), bold=True)
        _put(sheet, number, FIRST, Cell(value, TEXT))
    hints = (
        N_("Change what stands in the yellow cells; everything else is locked and explains them."),
        N_("Write shares with a percent sign (35%), days as 2026-01-31."),
        N_("To take a row out, choose “delete” at its end. To add one, fill in a row marked “＋”."),
        N_("Send the workbook in on the policy's page: you see what changes before it is taken."),
    )
    for number, hint in enumerate(hints, len(lines) + 2):
        _put(sheet, number, LABEL, Cell(_said(hint, language), TEXT))
    _finish(sheet, 2)


def _page(sheet: Any, page: Page, language: str) -> None:
    line = 1
    for block in page.blocks:
        if block.title:
            _put(sheet, line, LABEL, Cell(block.title, TEXT), bold=True)
            line += 1
        line = _block(sheet, line, block, language) + 1
    widest = max(len(block.columns) for block in page.blocks) + 2
    _finish(sheet, widest)


def _block(sheet: Any, line: int, block: Block, language: str) -> int:
    """Write a block from ``line`` on; return the line after it."""
    _header(sheet, line, block, language)
    first = line + 1
    for row in block.rows:
        line += 1
        _row(sheet, line, block, row, language)
    if _has_weights(block):
        line += 1
        _sum(sheet, line, block, first, language)
    for _ in range(ADDITIONS if block.grows else 0):
        line += 1
        _blank(sheet, line, block)
    for place, sample in enumerate(block.samples):
        _choices(sheet, list(choices(sample, language).values()), first, line, FIRST + place)
    if block.grows:
        _choices(sheet, [delete(language)], first, first + len(block.rows) - 1, _end(block))
    return line + 1


def choices(of: Field, language: str) -> dict[str, str]:
    """Return the words for what a choice may be, by how it is written; none where two are alike."""
    if of.kind not in {"choice", "flag"}:
        return {}
    shown = {each.value: said(each.meaning, language) for each in of.options}
    return shown if len(set(shown.values())) == len(shown) else {}


def _cell(field: Field, language: str) -> Cell:
    shown = choices(field, language).get(field.value)
    return Cell(shown, TEXT) if shown else cell_of(field.value)


def header(block: Block, language: str) -> list[str]:
    """Return the texts above a block's columns, from the label's on."""
    first = _said(N_("Its name"), language) if block.coded else _said(N_("Row"), language)
    texts = [first, *(label for _, label in block.columns)]
    return [*texts, _said(N_("Delete?"), language)] if block.grows else texts


def delete(language: str) -> str:
    return _said(N_("delete"), language)


def _header(sheet: Any, line: int, block: Block, language: str) -> None:
    _put(sheet, line, MARK, Cell(f"{HEADER}{block.key}", TEXT))
    for place, text in enumerate(header(block, language)):
        cell = _put(sheet, line, LABEL + place, Cell(text, TEXT), bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEAD)


def _row(sheet: Any, line: int, block: Block, row: Row, language: str) -> None:
    _put(sheet, line, MARK, Cell(row.key, TEXT))
    _put(sheet, line, LABEL, Cell(row.label, TEXT))
    for place, field in enumerate(row.cells):
        if field is None:
            _put(sheet, line, FIRST + place, Cell("", TEXT))
        else:
            _put(sheet, line, FIRST + place, _cell(field, language), is_open=True)
    if block.grows:
        _put(sheet, line, _end(block), Cell("", TEXT), is_open=True)


def _blank(sheet: Any, line: int, block: Block) -> None:
    """A row to be filled in; the label's cell takes the name where entries have one."""
    _put(sheet, line, MARK, Cell(f"{ADDED}{block.key}", TEXT))
    _put(sheet, line, LABEL, Cell("＋", TEXT), is_open=block.coded)
    for place in range(len(block.columns)):
        _put(sheet, line, FIRST + place, Cell(None), is_open=True)


def _has_weights(block: Block) -> bool:
    return block.coded and any(column == ("weight",) for column, _ in block.columns)


def _sum(sheet: Any, line: int, block: Block, first: int, language: str) -> None:
    place = [column for column, _ in block.columns].index(("weight",))
    letter = get_column_letter(FIRST + place)
    _put(sheet, line, MARK, Cell(f"{SUM}{block.key}", TEXT))
    _put(sheet, line, LABEL, Cell(_said(N_("Sum of the weights"), language), TEXT), bold=True)
    cell = sheet.cell(line, FIRST + place, f"=SUM({letter}{first}:{letter}{line - 1})")
    cell.number_format, cell.font = "0.00%", Font(bold=True, color=_INK)


def _end(block: Block) -> int:
    return FIRST + len(block.columns)


def _put(
    sheet: Any, line: int, column: int, content: Cell, *, bold: bool = False, is_open: bool = False
) -> Any:
    cell = sheet.cell(line, column)
    cell.value = content.value
    if isinstance(content.value, str):  # also where it begins like a formula
        cell.data_type, cell.quotePrefix = "s", True
    cell.number_format = content.format
    cell.font = Font(bold=bold, color=_INK)
    if is_open:
        cell.protection = Protection(locked=False)
        cell.fill = PatternFill("solid", fgColor=_OPEN)
        cell.border = _EDGE
        cell.alignment = Alignment(vertical="top", wrap_text=len(str(content.value or "")) > 24)
    return cell


def _choices(sheet: Any, options: Sequence[str], first: int, last: int, column: int) -> None:
    """Offer a list at cells; Excel takes at most 255 characters of it, and no commas in it."""
    listed = ",".join(options)
    if last < first or len(listed) > 250 or any("," in each or '"' in each for each in options):
        return
    letter = get_column_letter(column)
    offered = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
    offered.showErrorMessage = False  # what is typed instead is read, and told if it is wrong
    offered.add(f"{letter}{first}:{letter}{last}")
    sheet.add_data_validation(offered)


def _finish(sheet: Any, columns: int) -> None:
    sheet.column_dimensions["A"].hidden = True
    for column in range(LABEL, LABEL + columns):
        letter = get_column_letter(column)
        longest = max((_width(cell.value) for cell in sheet[letter]), default=8)
        sheet.column_dimensions[letter].width = min(max(longest + 2, 10), _WIDEST)
    sheet.freeze_panes = sheet.cell(1, FIRST)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # False: may be done


def _width(value: object) -> int:
    text = str(value or "")
    return sum(2 if ord(mark) > 0x2E80 else 1 for mark in text)


def _names(found: Sequence[Page]) -> Iterator[str]:
    """Give each sheet a name that Excel takes and that no other has."""
    taken: set[str] = set()
    for page in found:
        stem = "".join(mark for mark in page.title if mark not in "[]:*?/\\'")[:28] or page.section
        name = stem if stem.casefold() not in taken else f"{stem} {len(taken)}"
        taken.add(name.casefold())
        yield name


def _said(message: str, language: str) -> str:
    return gettext(message, language)
