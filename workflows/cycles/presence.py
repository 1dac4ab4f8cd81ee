"""Where people were within a period: in which team, from which day to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.model import Policy
from workflows.org.tables import Membership, Person, Unit

# Whose reviews a policy's scope asks for, by what they are in their unit.
MEMBERSHIP_OF_SCOPE = {"salesperson": "member", "manager": "manager"}


@dataclass(frozen=True, slots=True)
class Stay:
    """A person's days in a team, [start, end), as far as they lie within the period."""

    person: Person
    team: Unit
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days


def counts_days(policy: Policy) -> bool:
    """Say whether the days that somebody was there matter to the policy."""
    presence = policy.presence
    prorated = any(target.prorate for target in policy.targets)
    return prorated or presence.segments or presence.least_days > 0


def stays(session: Session, role: str, start: date, end: date) -> dict[int, list[Stay]]:
    """Return, by person, their days in ``role`` within [start, end), in order of people's codes.

    A person's stays follow one another: a day in two teams is the earlier one's.
    """
    rows = session.execute(
        select(Person, Unit, Membership.valid_from, Membership.valid_to)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Membership.role == MEMBERSHIP_OF_SCOPE[role],
            Membership.valid_from < end,
            or_(Membership.valid_to.is_(None), Membership.valid_to > start),
        )
        .order_by(Person.code, Membership.valid_from, Membership.id)
    )
    found: dict[int, list[Stay]] = defaultdict(list)
    for person, team, since, until in rows:
        stay = Stay(person, team, max(since, start), min(until or end, end))
        _follow(found[person.id], stay)
    return {person: each for person, each in found.items() if each}


def days_of(parts: Iterable[Stay]) -> int:
    return sum(stay.days for stay in parts)


def _follow(before: list[Stay], stay: Stay) -> None:
    """Add a stay after those that began earlier; one that goes on in the same team is one."""
    if before:
        last = before[-1]
        stay = replace(stay, start=max(stay.start, last.end))
        if stay.start == last.end and stay.team is last.team and stay.days > 0:
            before[-1] = replace(last, end=stay.end)
            return
    if stay.days > 0:
        before.append(stay)
