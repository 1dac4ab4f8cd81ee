"""Who is appraised in a cycle, and where they stand in the organisation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from workflows.org.tables import Membership, Person, Unit

# Whose reviews a policy's scope asks for, by what they are in their unit.
MEMBERSHIP_OF_SCOPE = {"salesperson": "member", "manager": "manager"}


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the team that they belong to or manage."""

    person: Person
    team: Unit


def population(session: Session, role: str, on: date) -> list[Member]:
    """Return those in scope on the day ``on``, by code."""
    rows = session.execute(
        select(Person, Unit)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.role == MEMBERSHIP_OF_SCOPE[role], _holds_on(on))
        .order_by(Person.code)
    )
    return [Member(person, team) for person, team in rows]


def headcounts(session: Session, on: date) -> dict[int, int]:
    """Return how many salespeople each unit has, itself and everything below it."""
    counts: dict[int, int] = defaultdict(int)
    parents = {unit.id: unit.parent_id for unit in session.scalars(select(Unit))}
    members = session.scalars(
        select(Membership.unit_id).where(Membership.role == "member", _holds_on(on))
    )
    for unit_id in members:
        above: int | None = unit_id
        while above is not None:
            counts[above] += 1
            above = parents[above]
    return counts


def managed_by(session: Session, on: date) -> dict[int, tuple[str, ...]]:
    """Return, by manager, the codes of the salespeople in the units that they manage."""
    manager, member = aliased(Membership), aliased(Membership)
    rows = session.execute(
        select(manager.person_id, Person.code)
        .join(member, (member.unit_id == manager.unit_id) & (member.role == "member"))
        .join(Person, Person.id == member.person_id)
        .where(manager.role == "manager", _holds_on(on, manager), _holds_on(on, member))
        .order_by(Person.code)
    )
    found: dict[int, tuple[str, ...]] = {}
    for manager_id, code in rows:
        found[manager_id] = (*found.get(manager_id, ()), code)
    return found


def _holds_on(day: date, membership: type[Membership] = Membership) -> ColumnElement[bool]:
    return (membership.valid_from <= day) & or_(
        membership.valid_to.is_(None), membership.valid_to > day
    )
