"""Who leads whom on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, or_, select
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
    where = session.scalar(
        select(Membership.unit_id)
        .where(Membership.person_id == person_id, holds_on(on))
        .order_by(
            Membership.role,  # what they manage before what they are in
            Membership.ratio.desc(),
            Membership.valid_from,
        )
        .limit(1)
    )
    leader = Leading(session, on).manager_of(where, person_id)
    return session.get(Person, leader) if leader is not None else None


def holds_on(day: date) -> ColumnElement[bool]:
    """Return the condition that a membership has a day in it."""
    return (Membership.valid_from <= day) & or_(
        Membership.valid_to.is_(None), Membership.valid_to > day
    )


def _managers(session: Session, on: date) -> dict[int, int]:
    rows = session.execute(
        select(Membership.unit_id, Membership.person_id)
        .where(Membership.role == "manager", holds_on(on))
        .order_by(Membership.valid_from.desc(), Membership.id.desc())
    )
    return dict(rows.all())  # of several the one who has led longest
