"""What the records say of where each KPI is heading, against the same point of past periods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from engine import periods
from engine.forms.shared import shown_as
from engine.measures import actuals, people_frame, records_frame, rounded_ratio
from engine.model import Bilingual, Kpi, Measure, Policy
from engine.outlook.forecast import Forecast, PastPeriod, forecast, rounded
from engine.periods import Period
from workflows.cycles.pace import share_gone
from workflows.cycles.population import managed_by
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.figures import measures_behind
from workflows.sources.tables import CreditLine, Record, RecordVersion

# How many past periods a forecast is compared with: a year of quarters.
PERIODS = 4
_ADDS_UP = frozenset({"sum", "days", "count", "distinct", "first"})


@dataclass(frozen=True, slots=True)
class KpiForecast:
    """The forecast of a KPI's actual, in ``unit``; lower may be better."""

    code: str
    name: Bilingual
    unit: str
    better: str
    forecast: Forecast


def forecasts_of(
    session: Session, cycle: Cycle, policy: Policy, people: Sequence[Person], today: date
) -> dict[str, tuple[KpiForecast, ...]]:
    """Return the forecasts of everybody in ``people``, by their code, in the policy's order.

    Only KPIs that are counted from records of the period itself have one; a period without any
    record of a person is not theirs to compare with.
    """
    kpis = [kpi for kpi in policy.kpis if _is_counted(policy, kpi)]
    found: dict[str, tuple[KpiForecast, ...]] = {person.code: () for person in people}
    if not kpis or not people:
        return found
    period, gone = periods.parse(cycle.period), share_gone(cycle, today)
    table = _Table(session, policy, kpis, people, period.start)
    now = table.measured(_until(period, gone))
    past = [
        (each, table.measured(_until(each, gone)), table.measured(each)) for each in _before(period)
    ]
    for person in people:
        found[person.code] = tuple(
            _of_kpi(policy, kpi, person.code, gone, now, past) for kpi in kpis
        )
    return found


def _of_kpi(
    policy: Policy,
    kpi: Kpi,
    person: str,
    gone: Decimal,
    now: dict[str, dict[str, Any]],
    past: Sequence[tuple[Period, dict[str, dict[str, Any]], dict[str, dict[str, Any]]]],
) -> KpiForecast:
    measure = next(each for each in policy.measures if each.code == kpi.actual)
    unit, digits = shown_as(policy, measure.code)
    digits = 1 if unit in ("count", "days") else digits
    compared = [
        PastPeriod(period.label, then, end)
        for period, at, whole in past
        if (then := _value(measure, at[person])) is not None
        and (end := _value(measure, whole[person])) is not None
        and any(whole[person][each.code] for each in measures_behind(policy, kpi))
    ]
    stands = _value(measure, now[person]) or Decimal(0)
    adds_up = measure.kind in _ADDS_UP
    made = forecast(stands, gone, compared, adds_up=adds_up, digits=digits)
    return KpiForecast(kpi.code, kpi.name, measure.unit, kpi.better, made)


def _value(measure: Measure, row: dict[str, Any]) -> Decimal | None:
    if not measure.ratio:
        return Decimal(row[measure.code])
    top, bottom = measure.ratio
    return rounded_ratio(row[top], row[bottom], max(measure.digits, 4))


def _is_counted(policy: Policy, kpi: Kpi) -> bool:
    measure = next((each for each in policy.measures if each.code == kpi.actual), None)
    if measure is None or measure.kind == "growth":
        return False
    return all(each.period == "this" and each.when for each in measures_behind(policy, kpi))


def _before(period: Period) -> Iterator[Period]:
    for _ in range(PERIODS):
        period = period.previous
        yield period


def _until(period: Period, gone: Decimal) -> Period:
    """Return the part of a period that lies before the same share of its days, in whole days."""
    days = rounded(Fraction(gone) * (period.end - period.start).days, 0)
    return replace(period, end=period.start + timedelta(days=int(days)))


class _Table:
    """The records of some people, to be measured over one period after the other."""

    def __init__(
        self,
        session: Session,
        policy: Policy,
        kpis: Sequence[Kpi],
        people: Sequence[Person],
        on: date,
    ) -> None:
        behind = [each for kpi in kpis for each in measures_behind(policy, kpi)]
        self._measures = list({each.code: each for each in behind}.values())
        led = managed_by(session, on) if any(each.over == "team" for each in behind) else {}
        members = {person.code: led.get(person.id, ()) for person in people}
        codes = {*members, *(code for below in members.values() for code in below)}
        self._people = people_frame(members)
        self._records = records_frame(self._measures, _credits(session, self._measures, codes))

    def measured(self, period: Period) -> dict[str, dict[str, Any]]:
        """Return each person's measures over ``period``, by code."""
        if period.start == period.end:
            nothing: dict[str, Any] = {each.code: Decimal(0) for each in self._measures}
            return dict.fromkeys(self._people["person"], nothing)
        frame: pl.DataFrame = actuals(self._measures, self._records, self._people, period)
        return {row["person"]: row for row in frame.to_dicts()}


def _credits(
    session: Session, measures: Sequence[Measure], codes: set[str]
) -> list[tuple[str, str, str, Decimal, dict[str, Any]]]:
    # Who was first with a customer can only be told from everybody's records.
    everybody = any(each.kind == "first" and each.by != "person" for each in measures)
    whose = true() if everybody else Person.code.in_(codes)
    rows = session.execute(
        select(Record.kind, Record.code, Person.code, CreditLine.share, RecordVersion.fields)
        .join(RecordVersion, RecordVersion.id == Record.current_version_id)
        .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
        .join(Person, Person.id == CreditLine.person_id)
        .where(Record.kind.in_({each.records for each in measures}), whose)
    )
    return [tuple(row) for row in rows]
