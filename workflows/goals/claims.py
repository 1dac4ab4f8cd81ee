"""What each child of a node may claim: equally, by headcount, or by ability and market.

Every computed ratio comes with what it is made of, so that it can be shown with its reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_, Place, refuse
from engine.plain import plain_number
from workflows.cycles.population import Member, headcounts, members_on
from workflows.goals.tables import GoalNode
from workflows.org.tables import Membership, Person, Unit

METHODS = ("equal", "ratio", "headcount", "ability", "whole")
ONE = Decimal(1)
_FACTOR_PLACES = 2  # three of them multiplied have six, which is what a ratio is kept with


@dataclass(frozen=True, slots=True)
class Ability:
    """The stated factors of a cut by ability and market.

    ``newcomer`` is the ratio of who has been here for less than ``newcomer_months`` when the year
    begins; ``ranks`` has one for a rank 职级, ``market`` one for a unit's or a person's code.
    """

    newcomer_months: int = 0
    newcomer: Decimal = ONE
    ranks: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    market: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a child is: a unit's, a person's, or a part (``label``) of its parent's."""

    kind: str
    unit: Unit | None = None
    person: Person | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A ratio and what it is made of: ``[{factor, value, of}]``, texts."""

    ratio: Decimal = ONE
    factors: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Company:
    """Who was where on a day, read once for all the nodes that are shared out by it.

    ``counts`` has the people in and below a unit, ``units`` those right below one, by code,
    ``members`` a unit's own, and ``joined`` since when somebody is here.
    """

    counts: Mapping[int, int]
    units: Mapping[int | None, Sequence[Unit]]
    members: Mapping[int, Sequence[Member]]
    joined: Mapping[int, date]


def company_on(session: Session, on: date) -> Company:
    """Read the company as it was on a day: a few statements."""
    units, members = defaultdict(list), defaultdict(list)
    for unit in session.scalars(select(Unit).order_by(Unit.code)):
        units[unit.parent_id].append(unit)
    for member in members_on(session, "salesperson", on):
        members[member.team.id].append(member)
    return Company(headcounts(session, on), units, members, _joined(session))


def owners_below(company: Company, row: GoalNode) -> list[Owner]:
    """Return what a unit's node is shared out to: its units with people in them, its members."""
    if row.unit_id is None or row.person_id is not None:
        return []
    units = company.units.get(row.unit_id, ())
    members = company.members.get(row.unit_id, ())
    return [
        *(Owner(unit.kind, unit=unit) for unit in units if company.counts.get(unit.id)),
        *(Owner("person", unit=each.team, person=each.person) for each in members),
    ]


def claims_of(
    company: Company, owners: Sequence[Owner], by: str, ability: Ability, start: date
) -> list[Claim]:
    """Return each owner's claim under a method; ``start`` is the year's first day."""
    if by == "headcount":
        return [_counted(owner, company.counts) for owner in owners]
    if by != "ability":
        return [Claim()] * len(owners)
    _require_exact(ability)
    return [_able(owner, company, ability, start) for owner in owners]


def _counted(owner: Owner, counts: Mapping[int, int]) -> Claim:
    if owner.kind == "person" or owner.unit is None:
        return Claim()
    count = counts.get(owner.unit.id, 0)
    return Claim(Decimal(count), (_factor("headcount", Decimal(count), ""),))


def _able(owner: Owner, company: Company, ability: Ability, start: date) -> Claim:
    if owner.person is None:
        claim = _counted(owner, company.counts)
        code = owner.unit.code if owner.unit else ""
    else:
        claim, code = (
            _experience(owner.person, company.joined, ability, start),
            owner.person.code,
        )
    market = ability.market.get(code)
    if market is None:
        return claim
    return Claim(claim.ratio * market, (*claim.factors, _factor("market", market, code)))


def _experience(person: Person, joined: Mapping[int, date], ability: Ability, start: date) -> Claim:
    """Return a person's claim by how long they have been here and by their rank."""
    ratio, factors = ONE, []
    since = joined.get(person.id)
    if since is not None and _months(since, start) < ability.newcomer_months:
        ratio *= ability.newcomer
        factors.append(_factor("newcomer", ability.newcomer, since.isoformat()))
    rank = ability.ranks.get(person.rank or "")
    if rank is not None:
        ratio *= rank
        factors.append(_factor("rank", rank, person.rank or ""))
    return Claim(ratio, tuple(factors))


def _joined(session: Session) -> dict[int, date]:
    first = select(Membership.person_id, func.min(Membership.valid_from))
    return dict(session.execute(first.group_by(Membership.person_id)).all())


def _months(since: date, start: date) -> int:
    """Return the whole months from ``since`` to ``start``; below zero for who joins later."""
    return (start.year - since.year) * 12 + start.month - since.month - (since.day > start.day)


def _factor(name: str, value: Decimal, of: str) -> dict[str, str]:
    return {"factor": name, "value": plain_number(value), "of": of}


def _require_exact(ability: Ability) -> None:
    for value in (ability.newcomer, *ability.ranks.values(), *ability.market.values()):
        if value < 0 or value != round(value, _FACTOR_PLACES):
            raise refuse(
                "goals.factor",
                N_("{value} is no factor: it is below zero or has more than two decimals."),
                N_("Write it as 0.6 or 1.05."),
                place=Place(path="ability"),
                value=plain_number(value),
            )
