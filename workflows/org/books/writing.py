"""Writing the whole dated organisation: a workbook, or an archive of CSV files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.i18n import gettext
from workflows.org.books.layout import (
    ABSENCES,
    PEOPLE,
    SHEETS,
    UNITS,
    Sheet,
    called,
    first_day,
    guarded,
    last_day,
    share,
)
from workflows.org.dated import Span, Standing
from workflows.org.lives import Part
from workflows.org.standing import standings
from workflows.org.tables import Person
from workflows.org.units import unit_lives

Rows = Sequence[Sequence[str]]
_WIDTH = 16


def organisation_rows(session: Session, actor: Actor, language: str) -> dict[str, Rows]:
    """Return every sheet's rows by its name, in the language's words."""
    allow_everywhere(actor, "read_organisation")
    people = list(session.scalars(select(Person).order_by(Person.code)))
    standing = standings(session, people)
    return {
        PEOPLE.name: [row for each in people for row in _person(each, standing[each.id], language)],
        UNITS.name: list(_units(session, language)),
        ABSENCES.name: [
            (person.code, called(leave.kind, "absences.kind", language), *_days(leave))
            for person in people
            for leave in standing[person.id].absences
        ],
    }


def organisation_workbook(session: Session, actor: Actor, language: str) -> bytes:
    """Return the organisation as an XLSX workbook with a sheet for each part."""
    rows = organisation_rows(session, actor, language)
    book = Workbook()
    book.remove(book.active)
    for sheet in SHEETS:
        page = book.create_sheet(gettext(sheet.title, language))
        page.append(_header(sheet, language))
        for row in rows[sheet.name]:
            page.append([None] * len(row))
            for place, text in enumerate(row, 1):
                cell = page.cell(page.max_row, place)
                # Codes keep their zeros, and nothing is run as a formula.
                cell.value, cell.data_type, cell.number_format = text or None, "s", "@"
        for place in range(1, len(sheet.columns) + 1):
            page.column_dimensions[get_column_letter(place)].width = _WIDTH
            page.cell(1, place).font = Font(bold=True)
        page.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def organisation_archive(session: Session, actor: Actor, language: str) -> bytes:
    """Return the organisation as a ZIP archive with a CSV file for each part."""
    rows = organisation_rows(session, actor, language)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in SHEETS:
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(_header(sheet, language))
            writer.writerows([guarded(text) for text in row] for row in rows[sheet.name])
            archive.writestr(f"{sheet.name}.csv", text.getvalue().encode("utf-8-sig"))
    return stream.getvalue()


def _header(sheet: Sheet, language: str) -> list[str]:
    return [gettext(column.title, language) for column in sheet.columns]


def _person(person: Person, standing: Standing, language: str) -> Iterator[tuple[str, ...]]:
    """Give a row for each place; somebody who is nowhere has one with their name."""
    own = (person.code, person.name, person.post or "", person.rank or "")
    left = last_day(standing.left_on)
    for place in standing.places:
        role = called(place.role, "role", language)
        yield (*own, place.unit, role, share(place.ratio), *_days(place), left)
    if not standing.places:
        yield (*own, "", "", "", "", "", left)


def _units(session: Session, language: str) -> Iterator[tuple[str, ...]]:
    """Give a row for each thing that a unit was part of, one after the other."""
    for life in unit_lives(session).values():
        kind = called(life.kind, "units.kind", language)
        for part in life.parts:
            yield (life.code, life.name, kind, part.parent or "", *_days(part))


def _days(span: Span | Part) -> tuple[str, str]:
    return first_day(span.since), last_day(span.until)
