"""Where people were within a period: in which team, from which day to which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from engine.model import Policy
from workflows.org.dated import Away, Place, main_on, present
from workflows.org.tables import Absence, Membership, Person, Unit

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


def stays(
    session: Session, role: str, start: date, end: date, of: int | None = None
) -> dict[int, list[Stay]]:
    """Return, by person, their days in ``role`` within [start, end), in order of people's codes.

    ``of`` is the id of a person who alone is asked about.

    A person's stays follow one another: a day in two teams is that one's which has more of their
    time, or else the earlier one's. Long leave is no day in a team.
    """
    rows = session.execute(
        select(Person, Unit, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Membership.role == MEMBERSHIP_OF_SCOPE[role],
            Membership.valid_from < end,
            or_(Membership.valid_to.is_(None), Membership.valid_to > start),
            true() if of is None else Membership.person_id == of,
        )
        .order_by(Person.code, Membership.valid_from, Membership.id)
    )
    of_person: dict[int, list[tuple[Place, Stay]]] = defaultdict(list)
    for person, team, each in rows:
        place = Place(team.code, role, each.valid_from, each.valid_to, each.ratio)
        since, until = max(each.valid_from, start), min(each.valid_to or end, end)
        of_person[person.id].append((place, Stay(person, team, since, until)))
    away = _absences(session, start, end)
    return {
        person: found
        for person, each in of_person.items()
        if (found := _without(_one_after_another(each), away.get(person, [])))
    }


def days_of(parts: Iterable[Stay]) -> int:
    return sum(stay.days for stay in parts)


def _one_after_another(held: list[tuple[Place, Stay]]) -> list[Stay]:
    """Return stays of which none overlap: a day in several teams is of the one with most of it."""
    found: list[Stay] = []
    places = [place for place, _ in held]
    teams = dict(held)
    days = sorted({day for _, stay in held for day in (stay.start, stay.end)})
    for since, until in pairwise(days):
        if (place := main_on(places, since)) is None:
            continue
        stay = replace(teams[place], start=since, end=until)
        last = found[-1] if found else None
        if last is not None and last.end == since and last.team is stay.team:
            found[-1] = replace(last, end=until)
        else:
            found.append(stay)
    return found


def _without(found: list[Stay], away: list[Away]) -> list[Stay]:
    """Cut long leave out of stays: before it and after it are two."""
    return [
        replace(stay, start=since, end=until)
        for stay in found
        for since, until in present([(stay.start, stay.end)], away)
    ]


def _absences(session: Session, start: date, end: date) -> dict[int, list[Away]]:
    found: dict[int, list[Away]] = defaultdict(list)
    for leave in session.scalars(
        select(Absence)
        .where(
            Absence.valid_from < end,
            or_(Absence.valid_to.is_(None), Absence.valid_to > start),
        )
        .order_by(Absence.valid_from)
    ):
        found[leave.person_id].append(Away(leave.kind, leave.valid_from, leave.valid_to))
    return found
