"""A value of a policy as a cell of a workbook, and what somebody meant by what is in a cell.

Numbers go out as exact decimals with a format, so that a spreadsheet can add them up; what it
could not keep exactly (more than fifteen digits) goes out as text. They come back as binary
fractions, dates, texts with full-width digits: each is read as what was meant, or refused.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from engine.errors import N_
from engine.language.expression import number
from engine.plain import plain_number
from workflows.sources.workbook import text_of

TEXT, PLAIN = "@", "General"
_EXACT_DIGITS = 15
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?%?")
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: a value as openpyxl has it, its number format, and ``no_result``
    for a formula that was never computed.
    """

    value: object = None
    format: str = PLAIN
    no_result: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.no_result and text_of(self.value) == ""


class UnclearError(ValueError):
    """What is in the cell cannot be told; the arguments are the message and the remedy."""


def cell_of(text: str) -> Cell:
    """Return the cell for a value as it is written in a policy."""
    value = _number(text)
    if value is None or len(value.as_tuple().digits) > _EXACT_DIGITS:
        return Cell(text, TEXT)
    if not text.endswith("%"):
        return Cell(value, PLAIN)
    places = max(-int(value.as_tuple().exponent) - 2, 2)
    return Cell(value, f"0.{'0' * places}%")


def meant(cell: Cell, before: str, kind: str = "") -> str:
    """Return what a cell says in a policy's own spelling; ``before`` is what it said at first.

    Where it means the same, that is ``before`` itself, so that nothing changes that nobody
    changed. ``kind`` is the field's, where the form knows it. Raises ``UnclearError``.
    """
    value = cell.value
    if cell.no_result:
        raise UnclearError(
            N_("There is a formula here that has no result yet."),
            N_("Open and save the workbook in Excel or WPS, or type the value itself."),
        )
    if isinstance(value, (datetime, date, time)):
        return _day(value, before, kind)
    if isinstance(value, bool):
        return _flag(value, before, kind)
    if isinstance(value, (int, float, Decimal)):
        return _figure(Decimal(text_of(float(value))), cell.format, before)
    return _text(str(value or "").replace("\r\n", "\n").strip(), before, kind)


def _figure(value: Decimal, shown_as: str, before: str) -> str:
    if "%" in shown_as:
        return _same(before, value) or f"{plain_number(value * 100)}%"
    if not before.endswith("%"):
        return _same(before, value) or plain_number(value)
    if abs(value) >= 1:
        raise UnclearError(
            N_("It cannot be told whether this is a share or a number of percent."),
            N_("Write it with the percent sign, as 25%."),
        )
    return _same(before, value) or f"{plain_number(value * 100)}%"


def _same(before: str, value: Decimal) -> str:
    return before if before and _number(before) == value else ""


def _number(text: str) -> Decimal | None:
    try:
        return number(text)
    except ValueError:
        return None


def _day(value: datetime | date | time, before: str, kind: str) -> str:
    if kind == "date" or _DAY.fullmatch(before):
        return text_of(value)
    raise UnclearError(
        N_("Excel has made a date of what was typed here: {value}."),
        N_("Set the cell's format to text, then type it again."),
        {"value": text_of(value)},
    )


def _flag(value: bool, before: str, kind: str) -> str:
    if kind == "flag" or before in {"true", "false", ""}:
        return "true" if value else "false"
    raise UnclearError(N_("There is TRUE or FALSE here."), N_("Type the value that is meant."))


def _text(text: str, before: str, kind: str) -> str:
    if text == before.strip():
        return before
    if _ERROR.fullmatch(text) and text.startswith("#"):
        raise UnclearError(
            N_("There is an error of Excel here: {value}."),
            N_("Mend the formula, or type the value itself."),
            {"value": text},
        )
    narrow = _narrow(text)
    value = _typed_number(narrow)
    if value is not None and (kind == "number" or not before or _number(before) is not None):
        return _same(before, value) or _as_typed(narrow, value, before)
    if day := _DAY.fullmatch(narrow):
        return _iso(*map(int, day.groups())) if kind == "date" or _DAY.fullmatch(before) else text
    if kind in {"flag", "choice", "reference", "code", "period", "formula"}:
        return before if narrow == before else narrow
    return text


def _narrow(text: str) -> str:
    """Return full-width digits, letters and signs as the ordinary ones."""
    narrow = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    return re.sub(r"\s+%$", "%", narrow)


def _typed_number(text: str) -> Decimal | None:
    """Return the number in a text: with a percent sign, grouped in threes, or as 1E+05."""
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if (value := _number(plain)) is not None:
        return value
    try:
        found = Decimal(plain) if re.fullmatch(r"-?\d+(\.\d+)?[eE][+-]?\d{1,2}", plain) else None
    except InvalidOperation:
        return None
    return found


def _as_typed(text: str, value: Decimal, before: str) -> str:
    if before.endswith("%") and not text.endswith("%"):
        return _figure(value, PLAIN, before)
    return text if _number(text) is not None else plain_number(value)


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise UnclearError(N_("There is no such day."), N_("Write it as 2026-01-31.")) from None
