"""Who leads whom on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from workflows.org.tables import Membership, Person, Unit


def manager_of(session: Session, person_id: int, on: date) -> Person | None:
    """Return who leads a person on a day: the manager of their unit, or of the nearest above
    that somebody else manages; None at the top.
    """
    return managers_of(session, [person_id], on).get(person_id)


def managers_of(session: Session, person_ids: Collection[int], on: date) -> dict[int, Person]:
    """Return ``manager_of`` for many people at once, by id: four statements; those at the top are
    not there.
    """
    if not person_ids:
        return {}
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    managers = _managers(session, on)
    found = {
        person_id: leader
        for person_id, unit_id in _units_of(session, person_ids, on).items()
        if (leader := _leader(person_id, units.get(unit_id), units, managers)) is not None
    }
    leaders = select(Person).where(Person.id.in_(set(found.values())))
    people = {person.id: person for person in session.scalars(leaders)}
    return {person_id: people[leader] for person_id, leader in found.items()}


def _leader(
    person_id: int, unit: Unit | None, units: Mapping[int, Unit], managers: Mapping[int, int]
) -> int | None:
    while unit is not None:
        leader = managers.get(unit.id)
        if leader is not None and leader != person_id:
            return leader
        unit = units.get(unit.parent_id) if unit.parent_id is not None else None
    return None


def _units_of(session: Session, person_ids: Collection[int], on: date) -> dict[int, int]:
    """Return the unit that each person is led in: one that they manage before one they are in."""
    rows = session.execute(
        select(Membership.person_id, Membership.unit_id)
        .where(Membership.person_id.in_(person_ids), _holds_on(on))
        .order_by(Membership.role.desc(), Membership.valid_from.desc())
    )
    return dict(rows.all())  # of several the first by role and day, which comes last here


def _managers(session: Session, on: date) -> dict[int, int]:
    rows = session.execute(
        select(Membership.unit_id, Membership.person_id)
        .where(Membership.role == "manager", _holds_on(on))
        .order_by(Membership.valid_from.desc(), Membership.id.desc())
    )
    return dict(rows.all())  # of several the one who has led longest


def _holds_on(day: date) -> ColumnElement[bool]:
    return (Membership.valid_from <= day) & or_(
        Membership.valid_to.is_(None), Membership.valid_to > day
    )
