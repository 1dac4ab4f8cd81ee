"""The rows that a cycle is scored on: one a person, or one for each part of the period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.facts import SEGMENT
from engine.model import Measure, Policy, Target
from engine.periods import Period
from workflows.cycles.presence import Stay, counts_days, days_of, stays
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.reviews.of_cycle import reviews_of
from workflows.targets.cascade import apportion
from workflows.targets.operations import targets_of_people

# What is had whole in every part of a period, and is not shared out among the parts.
_INDIVISIBLE = frozenset({"ratio", "points", "number"})


@dataclass(frozen=True, slots=True)
class Part:
    """A row of facts: a person's team, their records of [start, end), their days, their targets.

    ``label`` tells a person's parts apart (the first day, so that they sort by time), ``joined``
    is when those whom they manage are counted.
    """

    person_id: int
    person: str
    team: str | None
    label: str
    start: date
    end: date
    joined: date
    days: int
    targets: dict[str, Decimal]

    def period_for(self, measure: Measure, whole: Period) -> Period:
        """Return what a measure takes for the cycle's period: what came before it has no parts."""
        if measure.period == "year_before":
            return whole
        return replace(whole, start=self.start, end=self.end)


def parts_of(session: Session, cycle: Cycle, policy: Policy) -> list[Part]:
    """Return the rows of everybody in the cycle, by person's code and then by time.

    Without segments a row is for the whole period; its days are those in post all the same.
    """
    members = ((review.person, review.team) for review in reviews_of(session, cycle))
    return parts_for(session, cycle, policy, members, targets_of_people(session, cycle))


def parts_for(
    session: Session,
    cycle: Cycle,
    policy: Policy,
    members: Iterable[tuple[Person, Unit | None]],
    targets: Mapping[int, dict[str, Decimal]],
) -> list[Part]:
    """Return the rows of ``members``, each with their team, as ``parts_of`` does of a cycle."""
    present: dict[int, list[Stay]] = {}
    if counts_days(policy):
        present = stays(session, policy.scope.role, cycle.starts_on, cycle.ends_on)
    found: list[Part] = []
    for person, unit in members:
        own = targets.get(person.id, {})
        there = present.get(person.id, [])
        team = unit.code if unit else None
        if policy.presence.segments and there:
            shared = _shared(policy, own, there)
            found += [_segment(stay, amounts) for stay, amounts in zip(there, shared, strict=True)]
        else:
            joined = there[0].start if there else cycle.starts_on
            found.append(
                Part(
                    person.id,
                    person.code,
                    team,
                    cycle.starts_on.isoformat(),
                    cycle.starts_on,
                    cycle.ends_on,
                    joined,
                    days_of(there),
                    own,
                )
            )
    return found


def parts_as_scored(
    session: Session, cycle: Cycle, policy: Policy, rows: pl.DataFrame
) -> list[Part]:
    """Return the parts that rows of facts stand for, in their order, without targets.

    A segment is named after its first day and lasts for its days in post; where people have
    moved since, that changes nothing.
    """
    codes = rows["person"].unique().to_list()
    ids = dict(session.execute(select(Person.code, Person.id).where(Person.code.in_(codes))).all())
    present: dict[int, list[Stay]] = {}
    if counts_days(policy):
        present = stays(session, policy.scope.role, cycle.starts_on, cycle.ends_on)
    found = []
    for row in rows.iter_rows(named=True):
        there = present.get(ids[row["person"]])
        start, end = cycle.starts_on, cycle.ends_on
        joined = there[0].start if there else start
        days = int(row.get("days_in_post") or 0)
        if policy.presence.segments and days:
            start = joined = date.fromisoformat(row[SEGMENT.name])
            end = start + timedelta(days=days)
        found.append(
            Part(
                ids[row["person"]],
                row["person"],
                row["team"],
                start.isoformat(),
                start,
                end,
                joined,
                days,
                {},
            )
        )
    return found


def _segment(stay: Stay, targets: dict[str, Decimal]) -> Part:
    return Part(
        stay.person.id,
        stay.person.code,
        stay.team.code,
        stay.start.isoformat(),
        stay.start,
        stay.end,
        stay.start,
        stay.days,
        targets,
    )


def _shared(policy: Policy, own: dict[str, Decimal], there: list[Stay]) -> list[dict[str, Decimal]]:
    """Give each part its targets: what days make smaller later, and a share of the others."""
    days = [stay.days for stay in there]
    # Who has no target of a goal plan is scored on the others, or waits.
    there_are = [rule for rule in policy.targets if rule.code in own]
    amounts = {rule.code: amounts_in_parts(rule, own[rule.code], days) for rule in there_are}
    return [{code: each[place] for code, each in amounts.items()} for place in range(len(there))]


def amounts_in_parts(rule: Target, amount: Decimal, days: list[int]) -> list[Decimal]:
    """Return what each part of a period has of a person's target; ``days`` are those in post."""
    if rule.prorate or rule.unit in _INDIVISIBLE:
        return [amount] * len(days)
    return apportion(amount, days, rule.round_to)
