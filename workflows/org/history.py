"""What people may read of the organisation over time: the tree of a day, a person's history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, may_everywhere, people
from workflows.accounts.tables import Account
from workflows.org.dated import Standing
from workflows.org.leading import Leading, holds_on
from workflows.org.leavers import accounts_left
from workflows.org.standing import standing_of
from workflows.org.tables import ALWAYS, Absence, Membership, OrgEntry, Person, Unit
from workflows.org.tree import parents_on


@dataclass(frozen=True, slots=True)
class There:
    """Somebody in a unit on a day; ``away`` is the kind of leave that they are on, if any."""

    person: Person
    role: str
    ratio: Decimal
    since: date
    until: date | None
    away: str | None


@dataclass(slots=True)
class Branch:
    """A unit on a day with whom the reader may see in it, and the units below it."""

    unit: Unit
    people: list[There] = field(default_factory=list)
    below: list[Branch] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many people are in it and below it."""
        return len(self.people) + sum(branch.count for branch in self.below)


@dataclass(frozen=True, slots=True)
class Led:
    """A place of a person's, with who led them there on its last day, or today."""

    unit: Unit
    membership: Membership
    manager: Person | None


@dataclass(frozen=True, slots=True)
class History:
    """A person over time: where they belong, who led them, and every change with its author.

    ``accounts_left`` are user names of somebody who has left and may still sign in.
    """

    person: Person
    standing: Standing
    places: tuple[Led, ...]
    entries: tuple[tuple[OrgEntry, str], ...]
    accounts_left: tuple[str, ...]


def tree_on(session: Session, actor: Actor, day: date) -> list[Branch]:
    """Return the organisation on a day: the units that are there, with those the actor reaches.

    Whoever does not reach everybody sees the units that their people are in, and those above.
    """
    allow(actor, "read_organisation")
    parents = parents_on(session, day)
    units = session.scalars(select(Unit).order_by(Unit.code)).all()
    branches = {unit.id: Branch(unit) for unit in units if _is_there(unit, day)}
    for unit_id, there in _people(session, actor, day):
        if unit_id in branches:
            branches[unit_id].people.append(there)
    tops: list[Branch] = []
    for unit_id, branch in branches.items():
        above = branches.get(parents[unit_id] or 0)
        (above.below if above else tops).append(branch)
    if may_everywhere(actor, "read_organisation"):
        return tops
    return _with_somebody(tops)


def tree_rows(session: Session, actor: Actor, day: date) -> list[dict[str, object]]:
    """Return the tree of a day as rows: unit, what it is part of, person, role, ratio, days.

    ``from`` is None for who has been there always, as far as anybody knows.
    """

    def rows(branch: Branch, above: Unit | None) -> list[dict[str, object]]:
        part_of = above.code if above else None
        own: dict[str, object] = {"unit": branch.unit.code, "part_of": part_of}
        found: list[dict[str, object]] = [
            {
                **own,
                "person": each.person.code,
                "role": each.role,
                "ratio": each.ratio,
                "from": each.since if each.since > ALWAYS else None,
                "away": each.away,
            }
            for each in branch.people
        ]
        for child in branch.below:
            found += rows(child, branch.unit)
        return found or [own]

    return [row for top in tree_on(session, actor, day) for row in rows(top, None)]


def history_of(session: Session, actor: Actor, code: str, today: date) -> History:
    """Return a person's history; refuse with ``MISSING`` whom the actor may not see."""
    allow(actor, "read_organisation")
    person = session.scalar(
        select(Person).where(Person.code == code, people(actor, "read_organisation"))
    )
    if person is None:
        # The same whether they are not there or not the actor's to see.
        raise refuse(
            "org.nobody",
            N_("There is nobody of that code whom you may see."),
            N_("Check the code under Organisation, or with `kaoheng org list`."),
            kind=Kind.MISSING,
        )
    names = dict(session.execute(select(Account.id, Account.username)).all())
    entries = session.scalars(
        select(OrgEntry).where(OrgEntry.person_id == person.id).order_by(OrgEntry.id.desc())
    )
    return History(
        person,
        standing_of(session, person),
        tuple(_led(session, person, today)),
        tuple((entry, names.get(entry.account_id or 0, "")) for entry in entries),
        tuple(accounts_left(session, person, today)),
    )


def _is_there(unit: Unit, day: date) -> bool:
    return unit.valid_from <= day and (unit.valid_to is None or day < unit.valid_to)


def _people(session: Session, actor: Actor, day: date) -> list[tuple[int, There]]:
    away = {
        leave.person_id: leave.kind
        for leave in session.scalars(select(Absence).where(Absence.valid_from <= day))
        if leave.valid_to is None or day < leave.valid_to
    }
    rows = session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(people(actor, "read_organisation"), holds_on(day))
        .order_by(Membership.role, Person.code)
    )
    return [
        (
            each.unit_id,
            There(
                person,
                each.role,
                each.ratio,
                each.valid_from,
                each.valid_to,
                away.get(person.id),
            ),
        )
        for each, person in rows
    ]


def _with_somebody(branches: Sequence[Branch]) -> list[Branch]:
    found = []
    for branch in branches:
        branch.below = _with_somebody(branch.below)
        if branch.people or branch.below:
            found.append(branch)
    return found


def _led(session: Session, person: Person, today: date) -> list[Led]:
    rows = session.execute(
        select(Membership, Unit)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.person_id == person.id)
        .order_by(Membership.valid_from.desc(), Membership.id)
    ).all()
    leading = cache(partial(Leading, session))
    managers = {
        each.id: leading(_day_to_look_at(each, today)).manager_of(each.unit_id, person.id)
        for each, _ in rows
    }
    leaders = session.scalars(select(Person).where(Person.id.in_(set(managers.values()))))
    named = {leader.id: leader for leader in leaders}
    return [Led(unit, each, named.get(managers[each.id] or 0)) for each, unit in rows]


def _day_to_look_at(membership: Membership, today: date) -> date:
    """Return the last day of a membership that is over, today, or the first of one to come."""
    if membership.valid_to is not None and membership.valid_to <= today:
        return membership.valid_to - timedelta(days=1)
    return max(today, membership.valid_from)


def units_on(session: Session, day: date) -> list[Unit]:
    """Return the units that are there on a day or later, by code."""
    units = select(Unit).where(Unit.valid_to.is_(None) | (Unit.valid_to > day))
    return list(session.scalars(units.order_by(Unit.code)))
