"""How far a team is, without anybody's own figures: sums of what its people did and aimed at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.measures import rounded_ratio
from engine.model import Bilingual, Kpi, Measure, Policy
from workflows.cycles.scored import Scored, scored
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import Review

# Of fewer people a sum says what one of them did.
LEAST_PEOPLE = 3
_ADDS_UP = frozenset({"sum", "days", "count"})


@dataclass(frozen=True, slots=True)
class TeamKpi:
    """A team's figure of one KPI. ``target`` and ``attainment`` are None where there is none."""

    code: str
    name: Bilingual
    unit: str
    better: str
    actual: Decimal | None
    target: Decimal | None
    attainment: Decimal | None
    people: int


def team_progress(session: Session, cycle: Cycle, unit_id: int) -> tuple[TeamKpi, ...]:
    """Return the team's figures in the cycle: sums of what adds up, ratios of sums.

    Nothing is given for a team of fewer than ``LEAST_PEOPLE`` appraised in the cycle, nor for
    what does not add up over people (a rating, a first-time count).
    """
    people = _people(session, cycle, unit_id)
    if len(people) < LEAST_PEOPLE:
        return ()
    scope = scored(session, cycle)
    rows = [scope.rows[code] for code in people if code in scope.rows]
    return tuple(_progress(scope, rows))


def _people(session: Session, cycle: Cycle, unit_id: int) -> Sequence[str]:
    below = select(Unit.id).where(Unit.id == unit_id).cte(recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    return session.scalars(
        select(Person.code)
        .join(Review, Review.person_id == Person.id)
        .where(Review.cycle_id == cycle.id, Review.team_id.in_(select(below.c.id)))
        .order_by(Person.code)
    ).all()


def _progress(scope: Scored, rows: Sequence[dict[str, Any]]) -> Iterator[TeamKpi]:
    policy = scope.version.policy
    for kpi in policy.kpis:
        measure = next((each for each in policy.measures if each.code == kpi.actual), None)
        if measure is None or not _divisible(policy, measure):
            continue
        actual = _actual(measure, rows)
        target = _target(kpi, measure, rows)
        share = None
        if actual is not None and target and kpi.better == "higher":
            share = rounded_ratio(actual, target, policy.rounding.attainment)
        yield TeamKpi(
            kpi.code, kpi.name, measure.unit, kpi.better, actual, target, share, len(rows)
        )


def _divisible(policy: Policy, measure: Measure) -> bool:
    parts = [measure]
    if measure.ratio is not None:
        if measure.kind == "growth":
            return False
        parts = [each for each in policy.measures if each.code in measure.ratio]
    return all(each.kind in _ADDS_UP and each.over == "person" for each in parts)


def _actual(measure: Measure, rows: Sequence[dict[str, Any]]) -> Decimal | None:
    if measure.ratio is not None:
        top, bottom = (_sum(rows, name) for name in measure.ratio)
        return rounded_ratio(top, bottom, measure.digits)
    return _sum(rows, measure.code)


def _target(kpi: Kpi, measure: Measure, rows: Sequence[dict[str, Any]]) -> Decimal | None:
    """Return the sum of the targets of what adds up; of a rate, the one that all have alike."""
    name = f"{kpi.code}.target"
    aims = [row[name] for row in rows if row.get(name) is not None]
    if kpi.target is None or not aims:
        return None
    if measure.ratio is None:
        return sum(aims, Decimal(0))
    return aims[0] if len(set(aims)) == 1 else None


def _sum(rows: Sequence[dict[str, Any]], name: str) -> Decimal:
    return sum((row[name] for row in rows if row.get(name) is not None), Decimal(0))
