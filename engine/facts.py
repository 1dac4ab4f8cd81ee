"""Facts: which columns a policy wants, with their bounds and what stands in for an empty cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import polars as pl

from engine.columns.exact import Exact
from engine.columns.values import Label, Numeric, Value, dimension
from engine.model import Bilingual, Input, Kpi, Measure, Policy, Target
from engine.schema.policy import exponent

MAX_FAULTS = 200
DECIMAL = pl.Decimal(38, 10)
# Decimals and size by unit (one person, one period); money has its currency's decimals.
# Measures have more: a credited share of an amount is not rounded before the policy says so.
MEASURED = {"money": 10, "count": 6, "days": 6}
PLACES = {"count": 4, "ratio": 6, "points": 4, "days": 4, "number": 6}
MOST = {
    "money": 10**13,
    "count": 10**9,
    "ratio": 10**6,
    "points": 10**6,
    "days": 10**9,
    "number": 10**12,
}


@dataclass(frozen=True, slots=True)
class FactColumn:
    """One column of facts. Numbers lie in ``least``..``most`` with at most ``places`` decimals.

    ``default`` stands in for an empty cell; ``labels`` are what a text may be (empty: anything).
    An empty cell that ``waits`` keeps the person's result pending.
    """

    name: str
    type: Literal["text", "number"]
    title: Bilingual
    unit: str = ""
    required: bool = True
    default: Decimal | None = None
    places: int = 0
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(0)
    labels: tuple[str, ...] = ()
    waits: bool = False

    def value(self) -> Value:
        """Return what the name stands for in a formula."""
        if self.type == "text":
            return Label(pl.col(self.name), frozenset(self.labels))
        scale = 10**self.places
        exact = Exact(
            pl.col(self.name), int(self.least * scale), int(self.most * scale), self.places
        )
        return Numeric(exact, dimension(self.unit))


# Tells several scenarios of one population apart.
SCENARIO = FactColumn("scenario", "text", Bilingual("情景", "scenario"))
# The first day of the period: what is dated is taken as of then.
DATE = FactColumn("date", "text", Bilingual("日期", "date"), "date")
SEGMENT = FactColumn("segment", "text", Bilingual("分段", "segment"), required=False)
DAYS = {
    "days_in_post": (Bilingual("在岗天数", "days in post"), 0),
    "days_in_period": (Bilingual("周期天数", "days of the period"), 1),
}


def wanted(policy: Policy) -> list[FactColumn]:
    """List the columns that a policy wants, in the file's order."""
    return [
        FactColumn("person", "text", Bilingual("工号或姓名", "the person's code")),
        FactColumn(
            "team", "text", Bilingual("团队", "the person's team"), required=_in_teams(policy)
        ),
        *([DATE] if any(constant.values for constant in policy.constants) else ()),
        *_presence(policy),
        *(_measured(policy, each) for each in policy.measures if not each.is_made_of_others),
        *(_aimed(policy, each) for each in policy.targets),
        *(_given(policy, each) for each in policy.inputs),
        *(column for kpi in policy.kpis for column in _of_kpi(kpi)),
        *_calibrated(policy),
    ]


def target_fact(target: Target) -> str:
    """Name the column of a target: of the whole period's, where days then make it smaller."""
    return f"{target.code}.full" if target.prorate else target.code


def _aimed(policy: Policy, target: Target) -> FactColumn:
    column = _number(policy, target_fact(target), target.name, target.unit, least=Decimal(0))
    waits = target.if_missing == "pending"
    return replace(column, required=not waits, waits=waits)


def _in_teams(policy: Policy) -> bool:
    among = {step.over.among for step in policy.steps if step.over}
    return bool(policy.pools) or "team" in among


def _presence(policy: Policy) -> Iterator[FactColumn]:
    """Give the days that targets and segments are weighted by, where there are any."""
    presence = policy.presence
    prorated = any(target.prorate for target in policy.targets)
    if presence.segments:
        yield SEGMENT
    for name, (title, least) in DAYS.items():
        if prorated or (name == "days_in_post" and (presence.least_days or presence.segments)):
            yield _number(policy, name, title, "days", None, Decimal(least), Decimal(366))


def _given(policy: Policy, given: Input) -> FactColumn:
    default = Decimal(0) if given.if_missing == "zero" else given.default
    required = default is None and given.if_missing == "refuse"
    waits = given.if_missing == "pending"
    if given.unit == "label":
        return FactColumn(
            given.code, "text", given.name, "label", required, labels=given.options, waits=waits
        )
    column = _number(policy, given.code, given.name, given.unit, default, given.min, given.max)
    return replace(column, required=required, waits=waits)


def _of_kpi(kpi: Kpi) -> Iterator[FactColumn]:
    """Give what raters say of a KPI, and its weight where a person has one of their own."""
    for rater, _ in kpi.raters:
        yield FactColumn(
            f"{kpi.code}.{rater}",
            "number",
            Bilingual(f"{kpi.name.zh}·{rater}", f"{kpi.name.en}: {rater}"),
            "points",
            kpi.if_unrated == "refuse",
            Decimal(0) if kpi.if_unrated == "zero" else None,
            PLACES["points"],
            Decimal(0),
            kpi.scale,
            waits=kpi.if_unrated == "pending",
        )
    if kpi.weight_band is not None:
        yield FactColumn(
            f"{kpi.code}.weight",
            "number",
            Bilingual(f"{kpi.name.zh}·权重", f"{kpi.name.en}: weight"),
            "ratio",
            False,
            kpi.weight,
            PLACES["ratio"],
            *kpi.weight_band,
        )


def _calibrated(policy: Policy) -> Iterator[FactColumn]:
    if policy.kpis and policy.grades:
        yield FactColumn(
            "calibrated_grade",
            "text",
            Bilingual("校准后等级", "calibrated grade"),
            required=False,
            labels=tuple(grade.code for grade in policy.grades),
        )


def columns(version: object) -> tuple[FactColumn, ...]:
    """List the columns that a compiled version wants."""
    found: tuple[FactColumn, ...] = version.facts  # type: ignore[attr-defined]
    return found


def _measured(policy: Policy, measure: Measure) -> FactColumn:
    least = None if measure.kind in {"sum", "days"} else Decimal(0)
    column = _number(policy, measure.code, measure.name, measure.unit, least=least)
    return replace(column, places=MEASURED.get(measure.unit, 6))


def _number(
    policy: Policy,
    name: str,
    title: Bilingual,
    unit: str,
    default: Decimal | None = None,
    least: Decimal | None = None,
    most: Decimal | None = None,
) -> FactColumn:
    limit = Decimal(MOST[unit])
    return FactColumn(
        name,
        "number",
        title,
        unit,
        default is None,
        default,
        exponent(policy.currency) if unit == "money" else PLACES[unit],
        -limit if least is None else least,
        limit if most is None else most,
    )
