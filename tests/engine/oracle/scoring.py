"""KPIs, dimensions, total and grade, with vetoes and the state of a result."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.model import AnyTable, Kpi, Policy
from tests.engine.oracle.figures import declared, own_weight, treatment
from tests.engine.oracle.formulas import holds, value
from tests.engine.oracle.numbers import Worth, bounded, divided, half_up, mean
from tests.engine.oracle.people import Row, Ways
from tests.engine.oracle.tables import looked_up

WORTH = {"full": Fraction(1), "zero": Fraction(0)}


def scoring(policy: Policy, rows: list[Row]) -> Ways:
    ways: Ways = {
        "state": lambda row: state(policy, row),
        "days_of_person": lambda row: sum(
            each["days_in_post"] for each in rows if each["person"] == row["person"]
        ),
    }
    for veto in policy.vetoes:
        ways[f"veto.{veto.code}"] = lambda row, when=veto.when: holds(when, row.__getitem__)
    for kpi in policy.kpis:
        ways |= of_kpi(policy, kpi, rows)
    for dimension in policy.dimensions:
        within = [kpi for kpi in policy.kpis if kpi.dimension == dimension.code]
        ways[f"dimension.{dimension.code}"] = lambda row, within=within, of=dimension: half_up(
            bounded(weighed(within, row), of.floor, of.cap), policy.rounding.points
        )
    if policy.kpis:
        ways |= {
            "total.before_veto": lambda row: total(policy, row),
            "total": lambda row: vetoed(policy, row),
            "grade.before_veto": lambda row: graded(policy, row["total.before_veto"]),
            "grade": lambda row: lowered(policy, row),
        }
    return ways


def state(policy: Policy, row: Row) -> str:
    least = policy.presence.least_days
    if least and row["days_of_person"] < least:
        return "too_short"
    if "pending" in declared(policy, row):
        return "pending"
    return "appraised" if together(policy, row) is not None else "not_appraisable"


def weighed(kpis: list[Kpi], row: Row) -> Worth:
    return mean((row[f"{kpi.code}.points"], own_weight(kpi, row)) for kpi in kpis)


def together(policy: Policy, row: Row) -> Worth:
    if not policy.dimensions:
        return weighed(list(policy.kpis), row)
    return mean(
        (row[f"dimension.{each.code}"], Fraction(each.weight)) for each in policy.dimensions
    )


def total(policy: Policy, row: Row) -> Worth:
    whole = together(policy, row) if row["state"] == "appraised" else None
    return half_up(bounded(whole, policy.total.floor, policy.total.cap), policy.rounding.total)


def vetoed(policy: Policy, row: Row) -> Worth:
    found: Worth = row["total.before_veto"]
    for veto in policy.vetoes:
        if found is not None and veto.total is not None and row[f"veto.{veto.code}"]:
            found = min(found, Fraction(veto.total))
    return found


def graded(policy: Policy, points: Worth) -> str | None:
    if points is None:
        return None
    reached = (grade.code for grade in policy.grades if points >= grade.start)
    return next(reached, policy.grades[-1].code)


def lowered(policy: Policy, row: Row) -> str | None:
    order = [grade.code for grade in policy.grades]
    found = graded(policy, row["total"])
    vetoes = [veto for veto in policy.vetoes if row[f"veto.{veto.code}"]]
    held = [veto.grade for veto in vetoes if veto.grade is not None]
    return None if found is None else max([found, *held], key=order.index)


def of_kpi(policy: Policy, kpi: Kpi, rows: list[Row]) -> Ways:
    own = {
        "actual": lambda row: rated(kpi, row) if kpi.raters else row[kpi.actual],
        **{
            name: lambda row, name=name: anchor(getattr(kpi, name), row)
            for name in ("threshold", "target", "stretch")
        },
        "attainment": lambda row: half_up(
            attainment(kpi, row[f"{kpi.code}.actual"], row[f"{kpi.code}.target"]),
            policy.rounding.attainment,
        ),
        "base_points": lambda row: half_up(scored(kpi, row), policy.rounding.points),
        "difficulty": lambda row: difficulty(kpi, row, rows),
        "mean_difficulty": lambda _: mean_difficulty(kpi, rows),
        "points": lambda row: half_up(points(kpi, row), policy.rounding.points),
    }
    return {f"{kpi.code}.{name}": way for name, way in own.items()}


def anchor(named: Any, row: Row) -> Worth:
    return row[named] if isinstance(named, str) else None if named is None else Fraction(named)


def rated(kpi: Kpi, row: Row) -> Worth:
    return mean((row[f"{kpi.code}.{rater}"], Fraction(weight)) for rater, weight in kpi.raters)


def attainment(kpi: Kpi, actual: Worth, target: Worth) -> Worth:
    if actual is None or target is None:
        return None
    if (declared_ := treatment(kpi, actual, target)) is not None:
        return WORTH.get(declared_)
    if kpi.better == "higher":
        return actual / target
    return target / actual if kpi.form == "ratio" else 2 - actual / target


def scored(kpi: Kpi, row: Row) -> Worth:
    """Points as the score says, before difficulty, bounds and gate."""

    def look(name: str) -> Any:
        own = name in {"actual", "threshold", "target", "stretch", "attainment"}
        return row[f"{kpi.code}.{name}" if own else name]

    if kpi.score is None and kpi.raters:
        actual = look("actual")
        return None if actual is None else actual * 100 / Fraction(kpi.scale)
    if kpi.score is None:
        return None if look("attainment") is None else look("attainment") * 100
    if isinstance(kpi.score, AnyTable):
        return looked_up(kpi.score, lambda formula: value(formula, look))
    return value(kpi.score, look)  # type: ignore[no-any-return]


def points(kpi: Kpi, row: Row) -> Worth:
    if kpi.gate is not None:
        reached = row[f"{kpi.code}.attainment"]
        if reached is None or reached < kpi.gate:
            return None if reached is None else Fraction(0)
    found = scored(kpi, row) if kpi.difficulty is None else harder(kpi, row)
    return bounded(found, kpi.floor, kpi.cap)


def harder(kpi: Kpi, row: Row) -> Worth:
    assert kpi.difficulty
    base, more = row[f"{kpi.code}.base_points"], row[f"{kpi.code}.difficulty"]
    if base is None or more is None:
        return None
    return base * more if kpi.difficulty.kind == "factor" else base + more


def difficulty(kpi: Kpi, row: Row, rows: list[Row]) -> Worth:
    """Give the factor to six places, the points to four."""
    assert kpi.difficulty
    own: Worth = row[kpi.difficulty.of]
    if kpi.difficulty.normalise:
        own = divided(own, mean_difficulty(kpi, rows), None)
    return half_up(own, 6 if kpi.difficulty.kind == "factor" else 4)


def mean_difficulty(kpi: Kpi, rows: list[Row]) -> Worth:
    assert kpi.difficulty
    return mean((each[kpi.difficulty.of], Fraction(1)) for each in rows)
