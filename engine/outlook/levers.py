"""Levers: the figures that a person can move, in which steps, and how far is looked.

What records are counted into can be moved, and a given figure that is a KPI's actual.
Targets, constants and the calibrated grade are for others to set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.compiling.references import references
from engine.facts import FactColumn
from engine.model import Bilingual, Filter, Input, Measure, Policy
from engine.version import Version

STEPS = {"ratio": Decimal("0.01")}  # every other unit moves by whole ones: a deal, a day, a yuan
TARGETS, ACTUALS = 3, 10  # how many times its target and itself a figure is looked at
LEAST = 100  # steps, where nothing says what is usual
_WITHIN = ("this", "year_to_date")  # a period's records are among those of the year
_ADDITIVE = {"sum", "days", "count"}  # a record more of a part is a record more of the whole


@dataclass(frozen=True, slots=True)
class Lever:
    """A figure from ``low`` to ``high``, by ``step``, in its own unit.

    ``along`` are the figures of which it is a part, and which move with it by as much: a deal
    more that is won is also one more that is closed.
    """

    name: str
    title: Bilingual
    unit: str
    step: Decimal
    actual: Decimal
    low: Decimal
    high: Decimal
    along: tuple[str, ...] = ()

    def steps(self, sign: int) -> int:
        """Return how many whole steps lie between the actual and the bound up (1) or down (-1)."""
        room = self.high - self.actual if sign > 0 else self.actual - self.low
        return max(0, int(room // self.step))


def levers(version: Version, row: Mapping[str, Any], usual: Mapping[str, Any]) -> tuple[Lever, ...]:
    """Return the levers of the person with the facts ``row``, in the policy's order.

    ``usual`` has the highest value of each figure among everybody: how far to look where
    somebody has neither an actual nor a target.
    """
    used = {name for each in version.definitions for name in references(each)}
    columns = {fact.name: fact for fact in version.facts}
    return tuple(
        _lever(version.policy, each, columns, row, usual)
        for each in _movable(version.policy)
        if each.code in used and row.get(each.code) is not None
    )


def _movable(policy: Policy) -> Iterator[Measure | Input]:
    yield from (
        each for each in policy.measures if not each.is_made_of_others and each.period == "this"
    )
    appraised = {kpi.actual for kpi in policy.kpis}
    yield from (each for each in policy.inputs if each.code in appraised)


def _lever(
    policy: Policy,
    of: Measure | Input,
    columns: Mapping[str, FactColumn],
    row: Mapping[str, Any],
    usual: Mapping[str, Any],
) -> Lever:
    step = STEPS.get(of.unit, Decimal(1))
    actual = row[of.code]
    along = tuple(whole.code for whole in _related(policy, of, is_part))
    parts = [row[part.code] for part in _related(policy, of, _is_whole)]
    aims = [TARGETS * aim for aim in _targets(policy, of.code, row)]
    far = max([ACTUALS * actual, *aims]) or ACTUALS * usual[of.code] or LEAST * step
    room = min(columns[name].most - row[name] for name in (of.code, *along))
    low = max([Decimal(0), columns[of.code].least, *parts])
    high = min(max(far, actual), actual + room)
    return Lever(of.code, of.name, of.unit, step, actual, min(low, actual), high, along)


def _related(policy: Policy, of: Measure | Input, related: Any) -> list[Measure]:
    if not isinstance(of, Measure):
        return []
    return [each for each in policy.measures if each.code != of.code and related(of, each)]


def _is_whole(whole: Measure, part: Measure) -> bool:
    return is_part(part, whole)


def is_part(part: Measure, whole: Measure) -> bool:
    """Say whether whatever ``part`` counts is counted alike by ``whole``."""
    return (
        part.kind in _ADDITIVE
        and _counts(part) == _counts(whole)
        and (part.period == whole.period or (part.period, whole.period) == _WITHIN)
        and all(any(_narrows(own, each) for own in part.where) for each in whole.where)
    )


def _counts(of: Measure) -> tuple[object, ...]:
    return (of.kind, of.records, of.when, of.field, of.span, of.over)


def _narrows(own: Filter, other: Filter) -> bool:
    return own.field == other.field and set(own.values) <= set(other.values)


def _targets(policy: Policy, code: str, row: Mapping[str, Any]) -> Iterator[Decimal]:
    """Give what this person should reach of a figure: its target, and those of its KPIs."""
    aims: list[object] = [each.code for each in policy.targets if each.measure == code]
    aims += [kpi.target for kpi in policy.kpis if kpi.actual == code]
    for aim in aims:
        value = row.get(aim) if isinstance(aim, str) else aim
        if isinstance(value, Decimal):
            yield value
