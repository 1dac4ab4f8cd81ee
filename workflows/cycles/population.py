"""Who is appraised in a cycle, and where they stand in the organisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from engine.model import Policy, Scope
from engine.periods import Period
from workflows.cycles.presence import MEMBERSHIP_OF_SCOPE, counts_days, stays
from workflows.org.tables import Membership, Person, Unit
from workflows.org.tree import parents_on

# Gives the codes and the names of a team and of everything that it is part of.
Above = Callable[[Unit], set[str]]


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
    above = units_above(session, period.start)
    return [member for member in members if in_scope(policy.scope, member, above)]


def in_scope(scope: Scope, member: Member, above: Above | None = None) -> bool:
    """Say whether somebody is of the posts, the ranks and the regions that a scope names.

    ``above`` tells what a team is part of on a day; without it, it is the tree of today.
    """
    person, names = member.person, above or _above_today
    return (
        (not scope.posts or person.post in scope.posts)
        and (not scope.ranks or person.rank in scope.ranks)
        and (not scope.regions or not names(member.team).isdisjoint(scope.regions))
    )


def units_above(session: Session, day: date) -> Above:
    """Return what gives a team's code and name and those of every unit above it on a day."""
    parents = parents_on(session, day)
    units = {unit.id: unit for unit in session.scalars(select(Unit))}

    def above(team: Unit) -> set[str]:
        found: set[str] = set()
        unit_id: int | None = team.id
        while unit_id is not None:
            found |= {units[unit_id].code, units[unit_id].name}
            unit_id = parents[unit_id]
        return found

    return above


def _above_today(team: Unit) -> set[str]:
    unit: Unit | None = team
    found: set[str] = set()
    while unit is not None:
        found |= {unit.code, unit.name}
        unit = unit.parent
    return found


def members_on(session: Session, role: str, on: date) -> list[Member]:
    """Return those of a scope's role who are there on a day, by code, each once: with the unit
    that has most of their time.
    """
    rows = session.execute(
        select(Person, Unit)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.role == MEMBERSHIP_OF_SCOPE[role], _holds_on(on))
        .order_by(Person.code, Membership.ratio.desc(), Membership.valid_from, Membership.id)
    )
    found: dict[int, Member] = {}
    for person, team in rows:
        found.setdefault(person.id, Member(person, team))
    return list(found.values())


def headcounts(session: Session, on: date) -> dict[int, int]:
    """Return how many salespeople each unit has, itself and everything below it."""
    counts: dict[int, int] = defaultdict(int)
    parents = parents_on(session, on)
    for member in members_on(session, "salesperson", on):
        above: int | None = member.team.id
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
