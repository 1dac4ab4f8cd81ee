"""Who leads whom on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import BindParameter, ColumnElement, Date, bindparam, or_, select
from sqlalchemy.orm import Session

from workflows.org.tables import Membership, Person
from workflows.org.tree import parents_on


class Leading:
    """Who manages which unit on a day, and what each is part of then: read once, asked often."""

    def __init__(self, session: Session, on: date) -> None:
        self._parents = parents_on(session, on)
        self._managers = _managers(session, on)

    def manager_of(self, unit_id: int | None, person_id: int) -> int | None:
        """Return who leads somebody in a unit: its manager, or of the nearest unit above that
        somebody else manages; None at the top.
        """
        while unit_id is not None:
            leader = self._managers.get(unit_id)
            if leader is not None and leader != person_id:
                return leader
            unit_id = self._parents.get(unit_id)
        return None


def manager_of(session: Session, person_id: int, on: date) -> Person | None:
    """Return who leads a person on a day: the manager of their unit, or of the nearest above
    that somebody else manages; None at the top.
    """
    return managers_of(session, [person_id], on).get(person_id)


def managers_of(session: Session, person_ids: Collection[int], on: date) -> dict[int, Person]:
    """Return ``manager_of`` for many people at once, by id: few statements; those at the top are
    not there.
    """
    if not person_ids:
        return {}
    leading = Leading(session, on)
    found = {
        person_id: leader
        for person_id, unit_id in _units_of(session, person_ids, on).items()
        if (leader := leading.manager_of(unit_id, person_id)) is not None
    }
    leaders = select(Person).where(Person.id.in_(set(found.values())))
    people = {person.id: person for person in session.scalars(leaders)}
    return {person_id: people[leader] for person_id, leader in found.items()}


def holds_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Return the condition that a membership has a day in it."""
    return (Membership.valid_from <= day) & or_(
        Membership.valid_to.is_(None), Membership.valid_to > day
    )


# Asked for by most operations: to put a statement together takes half as long as to run it.
_DAY: BindParameter[date] = bindparam("day", type_=Date)
_UNITS = (
    select(Membership.person_id, Membership.unit_id)
    .where(Membership.person_id.in_(bindparam("people", expanding=True)), holds_on(_DAY))
    .order_by(Membership.role.desc(), Membership.ratio, Membership.valid_from.desc())
)
_MANAGERS = (
    select(Membership.unit_id, Membership.person_id)
    .where(Membership.role == "manager", holds_on(_DAY))
    .order_by(Membership.valid_from.desc(), Membership.id.desc())
)


def _units_of(session: Session, person_ids: Collection[int], on: date) -> dict[int, int]:
    """Return the unit that each person is led in: one that they manage before one they are in, and
    of several the one that has most of their time.
    """
    rows = session.execute(_UNITS, {"people": list(person_ids), "day": on})
    return dict(rows.all())  # the one that is asked for comes last


def _managers(session: Session, on: date) -> dict[int, int]:
    rows = session.execute(_MANAGERS, {"day": on})
    return dict(rows.all())  # of several the one who has led longest
