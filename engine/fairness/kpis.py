"""KPIs that decide nothing, and targets that tell nobody from anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from engine.compile import compile_policy
from engine.definitions import Definition, Mean
from engine.errors import N_
from engine.evaluate import evaluate
from engine.fairness.signs import ENOUGH, Sign
from engine.model import Kpi
from engine.plain import plain_number
from engine.version import Version

FLAT = N_("All {people} people have {points} points: it tells nobody from anybody.")
IDLE = N_("Without it nobody's grade would be another; it weighs {weight}, over {people} people.")
NOBODY = N_("Nobody of {people} people reaches the target; the best attains {best}.")
EVERYBODY = N_("All {people} people reach the target; the lowest attains {lowest}.")


def of_kpis(version: Version, facts: pl.DataFrame, results: pl.DataFrame) -> Iterator[Sign]:
    """Give the signs of each KPI; ``results`` are ``facts`` evaluated, with points and grades."""
    for kpi in version.policy.kpis:
        points = _known(results, f"{kpi.code}.points")
        if len(points) > 1 and len(set(points)) == 1:
            numbers = {"people": len(points), "points": points[0].normalize()}
            yield _sign("kpi_flat", kpi, FLAT, numbers, len(points))
        elif len(points) > 1 and _is_idle(version, kpi, facts, results):
            numbers = {"people": len(points), "weight": _percent(kpi.weight)}
            yield _sign("kpi_idle", kpi, IDLE, numbers, len(points))
        yield from _of_target(kpi, results)


def _of_target(kpi: Kpi, results: pl.DataFrame) -> Iterator[Sign]:
    attained = _known(results, f"{kpi.code}.attainment")
    if kpi.target is None or len(attained) < 2:
        return
    reached = sum(each >= 1 for each in attained)
    if reached == 0:
        numbers = {"people": len(attained), "best": _percent(max(attained))}
        yield _sign("target_unreached", kpi, NOBODY, numbers, len(attained))
    elif reached == len(attained):
        numbers = {"people": len(attained), "lowest": _percent(min(attained))}
        yield _sign("target_always_reached", kpi, EVERYBODY, numbers, len(attained))


def _is_idle(version: Version, kpi: Kpi, facts: pl.DataFrame, results: pl.DataFrame) -> bool:
    """Say whether everybody's measured grade is the same with the KPI left out of the total."""
    if "grade" not in results.columns:
        return False
    written = [_without(each, f"{kpi.code}.points") for each in version.definitions]
    if any(isinstance(each.what, Mean) and not each.what.terms for each in written):
        return False  # it is all that there is
    other = compile_policy(version.policy, written=written)
    grades = evaluate(other, facts, until="grade", only=["grade"]).frame.sort("person")["grade"]
    return grades.equals(results.sort("person")["grade"], null_equal=True)


def _without(definition: Definition, name: str) -> Definition:
    what = definition.what
    if not isinstance(what, Mean):
        return definition
    terms = tuple(term for term in what.terms if term[0] != name)
    return replace(definition, what=replace(what, terms=terms))


def _known(results: pl.DataFrame, name: str) -> Sequence[Decimal]:
    return results[name].drop_nulls().to_list() if name in results.columns else []


def _sign(kind: Any, kpi: Kpi, message: str, numbers: dict[str, Any], people: int) -> Sign:
    return Sign(kind, kpi.code, kpi.name, message, numbers, people < ENOUGH)


def _percent(share: Decimal) -> str:
    return f"{plain_number(round(share * 100, 2))}%"
