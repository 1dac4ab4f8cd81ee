"""Taking a file of the organisation in: what it would change, then all of it or nothing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.clock import today as day_of
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.books.reading import Book, read_book
from workflows.org.books.sheets import Row
from workflows.org.dated import Standing
from workflows.org.leavers import end_accounts
from workflows.org.lives import UnitLife
from workflows.org.standing import Change, Named, enter, named, require_reason, standings
from workflows.org.tables import Person
from workflows.org.units import enter_units, require_nobody_outside, unit_lives


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody or a unit that the file changes; ``what`` says in which of its parts.

    ``is_new`` where they were not there. Parts: ``name``, ``post``, ``rank``, ``places``,
    ``absences``, ``left``; of a unit ``name``, ``kind``, ``parts``.
    """

    code: str
    name: str
    is_new: bool
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What a file changes, or would: who, which units, and how many stay as they are."""

    people: tuple[Changed, ...]
    units: tuple[Changed, ...]
    unchanged: int

    @property
    def is_nothing(self) -> bool:
        return not (self.people or self.units)


def check_book(session: Session, actor: Actor, sheets: Mapping[str, list[Row]]) -> Report:
    """Return what taking the file in would change; refuse with every cell that cannot be."""
    allow_everywhere(actor, "change_organisation")
    return _compared(session, sheets)[0]


def take_book(
    session: Session,
    actor: Actor,
    now: datetime,
    sheets: Mapping[str, list[Row]],
    *,
    data: bytes,
    reason: str,
    timezone: ZoneInfo,
) -> Report:
    """Take the file in; what it replaces stays in the history. Returns what changed.

    Whoever and whatever it does not name stays as it is: leaving is said, not left out. Raises
    ``KaohengError`` with every cell that cannot be, and without a reason.
    """
    allow_everywhere(actor, "change_organisation")
    require_reason(reason)
    # One import at a time: each is checked against what the one before it left.
    session.execute(select(Person.id).order_by(Person.id).with_for_update())
    report, book = _compared(session, sheets)
    change = Change("import", day_of(now, timezone), reason)
    if report.units:
        changed = {each.code: book.units[each.code] for each in report.units}
        enter_units(session, actor, now, changed, change, timezone)
    people = {person.code: person for person in session.scalars(select(Person))}
    for each in report.people:
        person = people.get(each.code) or _newcomer(session, each.code, book.named[each.code])
        _enter(session, actor, now, person, book, change, timezone)
    session.flush()
    require_nobody_outside(session, list(unit_lives(session)))
    append(
        session,
        action="import_organisation",
        actor=actor,
        subject=Subject("import", uuid.uuid4().hex),
        at=now,
        details={
            "sha256": hashlib.sha256(data).hexdigest(),
            "reason_sha256": hashlib.sha256(reason.encode()).hexdigest(),
            "people": [people[each.code].public_id for each in report.people if not each.is_new],
            "joined": sum(each.is_new for each in report.people),
            "units": [each.code for each in report.units],
        },
    )
    return report


def _compared(session: Session, sheets: Mapping[str, list[Row]]) -> tuple[Report, Book]:
    people = list(session.scalars(select(Person).order_by(Person.code)))
    lives = unit_lives(session)
    now = standings(session, people)
    before = {person.code: now[person.id] for person in people}
    book = read_book(sheets, lives, before)
    if book.faults:
        raise KaohengError(book.faults)
    called = {person.code: named(person) for person in people}
    changed = tuple(
        Changed(code, book.named[code].name, code not in before, what)
        for code, standing in book.standings.items()
        if (what := _differing(called.get(code), before.get(code), book.named[code], standing))
    )
    units = tuple(
        Changed(code, life.name, code not in lives, what)
        for code, life in book.units.items()
        if (what := _unit_differing(lives.get(code), life))
    )
    return Report(changed, units, len(book.standings) - len(changed)), book


def _differing(
    was: Named | None, before: Standing | None, called: Named, after: Standing
) -> tuple[str, ...]:
    if was is None or before is None:
        return ("name", "places")
    pairs = {
        "name": (was.name, called.name),
        "post": (was.post, called.post),
        "rank": (was.rank, called.rank),
        "places": (before.places, after.places),
        "absences": (before.absences, after.absences),
        "left": (before.left_on, after.left_on),
    }
    return tuple(part for part, (one, other) in pairs.items() if one != other)


def _unit_differing(before: UnitLife | None, after: UnitLife) -> tuple[str, ...]:
    if before is None:
        return ("name", "parts")
    pairs = {
        "name": (before.name, after.name),
        "kind": (before.kind, after.kind),
        "parts": (before.parts, after.parts),
    }
    return tuple(part for part, (one, other) in pairs.items() if one != other)


def _newcomer(session: Session, code: str, called: Named) -> Person:
    person = Person(code=code, public_id=uuid.uuid4().hex, **called.as_json())
    session.add(person)
    session.flush()
    return person


def _enter(
    session: Session,
    actor: Actor,
    now: datetime,
    person: Person,
    book: Book,
    change: Change,
    timezone: ZoneInfo,
) -> None:
    left_before: date | None = person.left_on
    after = book.standings[person.code]
    enter(session, actor, now, person, after, change, called=book.named[person.code])
    if after.left_on is not None and after.left_on != left_before:
        end_accounts(session, actor, now, person, after.left_on, timezone)
