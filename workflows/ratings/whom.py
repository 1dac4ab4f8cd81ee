"""Whom somebody leads on a day, for many people at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.org.tables import Membership, Unit


def leaders_of(session: Session, person_ids: Collection[int], on: date) -> dict[int, int | None]:
    """Return who leads each person, as ``org.leading.manager_of`` says of one: three statements."""
    holds = (Membership.valid_from <= on) & or_(
        Membership.valid_to.is_(None), Membership.valid_to > on
    )
    parents = dict(session.execute(select(Unit.id, Unit.parent_id)).all())
    managers = dict(
        session.execute(
            select(Membership.unit_id, Membership.person_id)
            .where(Membership.role == "manager", holds)
            .order_by(Membership.valid_from.desc(), Membership.id.desc())
        ).all()
    )
    where: dict[int, int] = {}
    rows = session.execute(
        select(Membership.person_id, Membership.unit_id)
        .where(Membership.person_id.in_(person_ids), holds)
        .order_by(Membership.role, Membership.valid_from)
    )
    for person_id, unit_id in rows:
        where.setdefault(person_id, unit_id)
    return {person: _leader(person, where.get(person), parents, managers) for person in person_ids}


def _leader(
    person: int, unit: int | None, parents: dict[int, int | None], managers: dict[int, int]
) -> int | None:
    while unit is not None:
        leader = managers.get(unit)
        if leader is not None and leader != person:
            return leader
        unit = parents.get(unit)
    return None
