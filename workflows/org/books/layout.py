"""What the organisation's workbook has: its sheets, their columns, and what codes are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.errors import N_
from engine.plain import plain_number
from workflows.base.i18n import gettext
from workflows.org.tables import ALWAYS

LANGUAGES = ("zh", "en")
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called in code and on the sheet; one that may be left out says so."""

    name: str
    title: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, or in an archive the file ``<name>.csv``."""

    name: str
    title: str
    columns: tuple[Column, ...]


PEOPLE = Sheet(
    "people",
    N_("People"),
    (
        Column("person", N_("Employee code")),
        Column("name", N_("Name")),
        Column("post", N_("Post"), optional=True),
        Column("rank", N_("Rank"), optional=True),
        Column("unit", N_("Unit")),
        Column("role", N_("Role")),
        Column("ratio", N_("Share of time"), optional=True),
        Column("since", N_("From")),
        Column("until", N_("Until")),
        Column("left", N_("Last working day"), optional=True),
    ),
)
UNITS = Sheet(
    "units",
    N_("Units"),
    (
        Column("unit", N_("Code")),
        Column("name", N_("Its name")),
        Column("kind", N_("Kind")),
        Column("parent", N_("Part of")),
        Column("since", N_("From")),
        Column("until", N_("Until")),
    ),
)
ABSENCES = Sheet(
    "absences",
    N_("Long leave"),
    (
        Column("person", N_("Employee code")),
        Column("kind", N_("Kind of leave")),
        Column("since", N_("From")),
        Column("until", N_("Until")),
    ),
)
SHEETS = (PEOPLE, UNITS, ABSENCES)

WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {"member": N_("Member"), "manager": N_("Manager")},
    "units.kind": {"company": N_("Company"), "region": N_("Region"), "team": N_("Team")},
    "absences.kind": {
        "maternity": N_("Maternity leave"),
        "paternity": N_("Paternity leave"),
        "sick": N_("Sick leave"),
        "injury": N_("Leave after an injury at work"),
        "personal": N_("Personal leave"),
        "study": N_("Study leave"),
        "other": N_("Other long leave"),
    },
}


def called(code: str, words: str, language: str) -> str:
    """Return what a code is called on a sheet; one that has no word is its own."""
    message = WORDS[words].get(code)
    return gettext(message, language) if message else code


def code_of(text: str, words: str) -> str | None:
    """Return the code that a cell means, by itself or in either language; None for neither."""
    plain = text.strip().casefold()
    for code, message in WORDS[words].items():
        names = {code, *(gettext(message, language) for language in LANGUAGES)}
        if plain in {name.casefold() for name in names}:
            return code
    return None


def first_day(day: date) -> str:
    """Return a first day as it stands in a cell: empty for one that is not known."""
    return "" if day == ALWAYS else day.isoformat()


def last_day(until: date | None) -> str:
    """Return the last day of what ends before ``until``: empty while it is open."""
    return (until - timedelta(days=1)).isoformat() if until else ""


def guarded(text: str) -> str:
    """Return a text of a CSV file that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """Return what ``guarded`` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def share(ratio: Decimal) -> str:
    return plain_number(ratio)
