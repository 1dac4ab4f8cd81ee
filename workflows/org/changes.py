"""What a newly read organisation changes in the one that is kept, and doing it.

A source says who is where now, not since when. Whoever comes in for the first time is
taken to have been there always, so that past periods can be appraised; a move counts
from the day that it is imported. Whoever is no longer listed stays: leaving is said, not
left out.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workflows.org.tables import ALWAYS, Membership, Person, Unit


@dataclass(frozen=True, slots=True)
class WantedUnit:
    """A unit as a source has it; ``parent`` is a code, and comes before the units below it."""

    code: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class WantedOrganisation:
    """``people`` are names by code; ``memberships`` are (person, unit, role).

    ``standing`` is (post, rank) by code; None is not said, and changes nothing.
    """

    units: Sequence[WantedUnit]
    people: Mapping[str, str]
    memberships: Sequence[tuple[str, str, str]]
    standing: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


def add_people(session: Session, people: Mapping[str, str]) -> None:
    """Add whoever is not there yet; a person without a unit takes part in nothing."""
    there = set(session.scalars(select(Person.code)))
    new = [
        {"code": code, "name": name, "public_id": uuid.uuid4().hex}
        for code, name in people.items()
        if code not in there
    ]
    if new:
        session.execute(insert(Person), new)


def differs(session: Session, wanted: WantedOrganisation) -> bool:
    """Say whether ``reorganise`` would change anything."""
    people = {person.code: person for person in session.scalars(select(Person))}
    if any(code not in people or _differs(people[code], wanted) for code in wanted.people):
        return True
    units = _units(session)
    if any(_unit_differs(units, unit) for unit in wanted.units):
        return True
    placed = {(each.person.code, each.unit.code, each.role) for each in _open_memberships(session)}
    return any(membership not in placed for membership in wanted.memberships)


def reorganise(session: Session, wanted: WantedOrganisation, today: date) -> dict[str, int]:
    """Bring units, names and memberships to what is wanted.

    Returns how many members were ``new``, ``corrected`` (moved, renamed, of another post or
    rank) and ``unchanged``.
    """
    _change_units(session, wanted.units)
    add_people(session, wanted.people)
    people = {
        person.code: person
        for person in session.scalars(select(Person).where(Person.code.in_(list(wanted.people))))
    }
    changed = {code for code in wanted.people if _differs(people[code], wanted)}
    for code in changed:
        person = people[code]
        person.name, (person.post, person.rank) = wanted.people[code], _standing(person, wanted)
    return _change_memberships(session, wanted.memberships, people, changed, today)


def _differs(person: Person, wanted: WantedOrganisation) -> bool:
    same_name = person.name == wanted.people[person.code]
    return not same_name or (person.post, person.rank) != _standing(person, wanted)


def _standing(person: Person, wanted: WantedOrganisation) -> tuple[str | None, str | None]:
    """Return the post and the rank that a person is to have."""
    post, rank = wanted.standing.get(person.code, (None, None))
    return post or person.post, rank or person.rank


def _units(session: Session) -> dict[str, Unit]:
    return {unit.code: unit for unit in session.scalars(select(Unit))}


def _unit_differs(units: Mapping[str, Unit], wanted: WantedUnit) -> bool:
    unit = units.get(wanted.code)
    if unit is None:
        return True
    parent = units.get(wanted.parent or "")
    return (unit.name, unit.kind) != (wanted.name, wanted.kind) or unit.parent is not parent


def _change_units(session: Session, wanted: Iterable[WantedUnit]) -> None:
    units = _units(session)
    for each in wanted:
        if not _unit_differs(units, each):
            continue
        unit = units.setdefault(each.code, Unit(code=each.code))
        unit.name, unit.kind = each.name, each.kind
        unit.parent = units.get(each.parent or "")
        session.add(unit)
    session.flush()


def _open_memberships(session: Session) -> list[Membership]:
    query = select(Membership).where(Membership.valid_to.is_(None)).order_by(Membership.id)
    return list(session.scalars(query))


def _change_memberships(
    session: Session,
    wanted: Iterable[tuple[str, str, str]],
    people: Mapping[str, Person],
    changed: set[str],
    today: date,
) -> dict[str, int]:
    units = _units(session)
    held: dict[tuple[int, str], list[Membership]] = {}
    for membership in _open_memberships(session):
        held.setdefault((membership.person_id, membership.role), []).append(membership)
    counts = {"new": 0, "corrected": 0, "unchanged": 0}
    for code, unit_code, role in wanted:
        now = held.get((people[code].id, role), [])
        moved = _place(session, people[code], units[unit_code], role, now, today)
        if role == "member":
            corrected = moved or code in changed
            counts["new" if not now else "corrected" if corrected else "unchanged"] += 1
    return counts


def _place(
    session: Session,
    person: Person,
    unit: Unit,
    role: str,
    now: Sequence[Membership],
    today: date,
) -> bool:
    """See that the person is in the unit; a member leaves the units that they were in."""
    if any(each.unit_id == unit.id for each in now):
        return False
    since = today if now else ALWAYS
    if role == "member":
        for each in now:
            each.valid_to = max(today, each.valid_from)
    key = {"person_id": person.id, "unit_id": unit.id, "role": role, "valid_from": since}
    again = session.scalar(select(Membership).filter_by(**key))
    if again is None:
        session.add(Membership(**key))
    else:
        again.valid_to = None  # back on the day of leaving
    return True
