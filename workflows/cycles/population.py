"""Who is appraised in a cycle, and where they stand in the organisation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from engine.model import Policy, Scope
from engine.periods import Period
from workflows.cycles.presence import MEMBERSHIP_OF_SCOPE, counts_days, stays
from workflows.org.tables import Membership, Person, Unit


@dataclass(frozen=True, slots=True)
class Member:
    """A person with the team that they belong to or manage."""

    person: Person
    team: Unit


def population(session: Session, policy: Policy, period: Period) -> list[Member]:
    """Return those in the policy's scope, by code.

    They are there on the period's first day; where days count, on any day of it, with the
    first of their teams.
    """
    role = policy.scope.role
    if counts_days(policy):
        found = stays(session, role, period.start, period.end).values()
        members = [Member(parts[0].person, parts[0].team) for parts in found]
    else:
        members = members_on(session, role, period.start)
    return [member for member in members if in_scope(policy.scope, member)]


def in_scope(scope: Scope, member: Member) -> bool:
    """Say whether somebody is of the posts, the ranks and the regions that a scope names."""
    person = member.person
    return (
        (not scope.posts or person.post in scope.posts)
        and (not scope.ranks or person.rank in scope.ranks)
        and (not scope.regions or not _above(member.team).isdisjoint(scope.regions))
    )


def _above(team: Unit) -> set[str]:
    """Return the codes and the names of a team and of every unit above it."""
    unit: Unit | None = team
    found: set[str] = set()
    while unit is not None:
        found |= {unit.code, unit.name}
        unit = unit.parent
    return found


def members_on(session: Session, role: str, on: date) -> list[Member]:
    """Return those of a scope's role who are there on a day, by code."""
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
