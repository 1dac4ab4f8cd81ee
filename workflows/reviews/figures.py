"""What was measured of a person: a row a KPI, with the numbers that the engine has for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.definitions import Definition
from engine.model import Bilingual, Kpi, Measure, Policy
from workflows.cycles.scored import Scored


@dataclass(frozen=True, slots=True)
class Number:
    """A value with its unit and the places that it is shown with; None is not applicable."""

    value: Decimal | None
    unit: str
    digits: int


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One KPI of one person. ``measures`` are those that its actual is made of."""

    code: str
    name: Bilingual
    group: Bilingual | None
    weight: Decimal
    better: str
    actual: Number
    target: Number | None
    attainment: Number | None
    points: Number
    cap: Decimal | None
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everybody's KPIs under ``stage`` (``live``, ``trial``, ``final``), total and grade."""

    stage: str
    kpis: tuple[KpiRow, ...]
    total: Decimal | None
    grade: str | None


def figures_of(scope: Scored, person: str) -> Figures:
    """Return the figures of the person with this code."""
    row = scope.rows[person]
    policy = scope.version.policy

    def number(name: str) -> Number | None:
        definition = scope.definitions.get(name)
        return None if definition is None else _number(definition, row[name])

    return Figures(
        scope.stage,
        tuple(
            KpiRow(
                kpi.code,
                kpi.name,
                kpi.group,
                kpi.weight,
                kpi.better,
                _known(number(f"{kpi.code}.actual")),
                number(f"{kpi.code}.target"),
                number(f"{kpi.code}.attainment"),
                _known(number(f"{kpi.code}.points")),
                kpi.cap,
                measures_behind(policy, kpi),
            )
            for kpi in policy.kpis
        ),
        row.get("total"),
        row.get("grade"),
    )


def measures_behind(policy: Policy, kpi: Kpi) -> tuple[Measure, ...]:
    """Return the measures of records that a KPI's actual is, or is the ratio of."""
    measures = {measure.code: measure for measure in policy.measures}
    actual = measures.get(kpi.actual)
    if actual is None:
        return ()
    return tuple(measures[code] for code in actual.ratio) if actual.ratio else (actual,)


def _number(definition: Definition, value: Decimal | None) -> Number:
    return Number(value, definition.unit, definition.digits)


def _known(number: Number | None) -> Number:
    assert number is not None, "a KPI has an actual and points"
    return number
