"""Who leads whom on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from workflows.org.tables import Membership, Person, Unit


def manager_of(session: Session, person_id: int, on: date) -> Person | None:
    """Return who leads a person on a day: the manager of their unit, or of the nearest above
    that somebody else manages; None at the top.
    """
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    managers = _managers(session, on)
    where = session.scalar(
        select(Membership.unit_id)
        .where(Membership.person_id == person_id, _holds_on(on))
        .order_by(
            Membership.role, Membership.valid_from
        )  # what they manage before what they are in
        .limit(1)
    )
    unit = units.get(where) if where is not None else None
    while unit is not None:
        leader = managers.get(unit.id)
        if leader is not None and leader != person_id:
            return session.get(Person, leader)
        unit = units.get(unit.parent_id) if unit.parent_id is not None else None
    return None


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
