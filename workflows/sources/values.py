"""One cell's text to its canonical text: dates ISO, decimals plain, codes as the source means them.

What real spreadsheets do to a value is undone first (full-width digits, stray spaces,
thousands separators where they are declared); anything else is refused, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from decimal import Context, Decimal
from difflib import get_close_matches
from functools import lru_cache

from engine.errors import N_, KaohengError, refuse
from workflows.sources.model import Field, FieldType

BOUND = Decimal(10) ** 15
_SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#ERROR"}
)
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_NUMBER_LENGTH = 40
_EXACT = Context(prec=60)  # more than 40 digits times any unit


def canonical(field: Field, text: str) -> str:
    """Return the canonical text of a cell that is not blank; raise KaohengError with the reason."""
    if text in _SPREADSHEET_ERRORS:
        raise refuse(
            "row.spreadsheet_error",
            N_("The cell holds the spreadsheet error {value}."),
            N_("Correct the formula and export again."),
            value=text,
        )
    match field.type:
        case FieldType.DATE:
            return day(text, field.formats)
        case FieldType.DECIMAL | FieldType.INTEGER:
            return number(field, text)
        case FieldType.CHOICE:
            return choice(field, one_line(text))
        case FieldType.TEXT:
            return field.codes.get(text, text)
        case FieldType.CUSTOMER | FieldType.PRODUCT | FieldType.PERSON:
            code = one_line(text)
            return field.codes.get(code, code)


def one_line(text: str) -> str:
    """Return ``text`` with every run of white space as one space, none at the ends."""
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def day(text: str, formats: tuple[str, ...]) -> str:
    """Return the date as ``2017-03-01``; a workbook's own dates arrive in that form already."""
    plain = unicodedata.normalize("NFKC", text)
    for pattern in (*formats, "%Y-%m-%d"):
        try:
            return datetime.strptime(plain, pattern).date().isoformat()  # noqa: DTZ007 (a day)
        except ValueError:
            continue
    raise refuse(
        "row.date",
        N_("“{value}” is not a date."),
        N_("Write a day that exists, in the form {formats}."),
        value=text,
        formats=", ".join(formats),
    )


def number(field: Field, text: str) -> str:
    """Return the number times its unit, plain: no exponent, no trailing zeros."""
    value = _decimal(text, field.thousands)
    if value is None:
        raise refuse(
            "row.number",
            N_("“{value}” is not a number."),
            N_("Write digits only, with a point before the decimals; the unit is declared."),
            value=text,
        )
    value = _EXACT.multiply(value, field.factor)
    _check_bounds(field, value, text)
    return plain(value)


def plain(value: Decimal) -> str:
    """Return ``value`` in its one canonical spelling: 1054, not 1054.00 or 1.054E+3."""
    return format(value.normalize(_EXACT), "f") if value else "0"


def share(text: str) -> Decimal | None:
    """Return ``50%`` or ``0.5`` as 0.5; None where the text is no share."""
    percent = text.endswith(("%", "％"))
    value = _decimal(text.rstrip("%％"), "")
    return value / 100 if value is not None and percent else value


def _decimal(text: str, thousands: str) -> Decimal | None:
    digits = "".join(unicodedata.normalize("NFKC", text).split())
    if thousands and thousands in digits:
        groups = rf"[+-]?[0-9]{{1,3}}({re.escape(thousands)}[0-9]{{3}})+(\.[0-9]*)?"
        if not re.fullmatch(groups, digits):
            return None
        digits = digits.replace(thousands, "")
    if len(digits) > _NUMBER_LENGTH or not _NUMBER.fullmatch(digits):
        return None
    return Decimal(digits)


def _check_bounds(field: Field, value: Decimal, text: str) -> None:
    places = max(0, -int(value.normalize(_EXACT).as_tuple().exponent)) if value else 0
    if places > field.digits:
        raise refuse(
            "row.decimals",
            N_("“{value}” has more than {digits} decimals."),
            N_("Round it where it is kept; an import never rounds."),
            value=text,
            digits=field.digits,
        )
    if abs(value) >= BOUND:
        raise refuse(
            "row.too_large",
            N_("“{value}” is too large: amounts stay below {limit}."),
            N_("Check the number and the unit that the source file declares."),
            value=text,
            limit=f"{BOUND:,}",
        )
    if field.minimum is not None and value < field.minimum:
        raise refuse(
            "row.too_small",
            N_("“{value}” is below {minimum}."),
            N_("Correct the number in the export."),
            value=text,
            minimum=plain(field.minimum),
        )


def choice(field: Field, text: str) -> str:
    """Return the canonical value of one of the declared spellings."""
    found = field.choices.get(text)
    if found is None:
        raise refuse(
            "row.choice",
            N_("“{value}” is not a known {field}."),
            N_("Known are: {known}. Correct the row, or add the spelling to the source file."),
            value=text,
            field=field.column,
            known=", ".join(nearest_first(text, field.choices)),
        )
    return found


@lru_cache(maxsize=4096)
def unknown(kind: FieldType, code: str, known: tuple[str, ...]) -> KaohengError:
    """Return the refusal of a code that names no customer, product or person."""
    message, remedy = {
        FieldType.CUSTOMER: (
            N_("There is no customer “{value}”."),
            N_("Add the customer to its file, or correct the row."),
        ),
        FieldType.PRODUCT: (
            N_("There is no product “{value}”."),
            N_("Add this spelling to the source file's codes, or correct the row."),
        ),
        FieldType.PERSON: (
            N_("“{value}” is not in the organisation."),
            N_("Add the person to the organisation's file, or correct the row."),
        ),
    }[kind]
    near = get_close_matches(code, known, n=1, cutoff=0.6)
    if not near:
        return refuse(f"row.unknown_{kind}", message, remedy, value=code)
    return refuse(f"row.unknown_{kind}", message, _WITH_NEAREST[kind], value=code, near=near[0])


_WITH_NEAREST = {
    FieldType.CUSTOMER: N_("Add the customer to its file, or correct the row; nearest: {near}."),
    FieldType.PRODUCT: N_(
        "Add this spelling to the source file's codes, or correct the row; nearest: {near}."
    ),
    FieldType.PERSON: N_(
        "Add the person to the organisation's file, or correct the row; nearest: {near}."
    ),
}


def nearest_first(text: str, known: Iterable[str]) -> list[str]:
    """Return up to ten known spellings, those most like ``text`` first."""
    names = list(known)
    near = get_close_matches(text, names, n=3, cutoff=0.5)
    return [*near, *(name for name in names if name not in near)][:10]
