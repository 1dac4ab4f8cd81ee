"""The whole policy as expressions, for the engines that compute as well: CEL, and zen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import polars as pl

from benchmarks.contestants.contestant import with_teams
from benchmarks.outcomes import COLLECTION, GRADES, RULES, WIN_RATE, Outcome
from benchmarks.people import COUNTS, MONEY

Name = Callable[[str], str]
Round = Callable[[str, int], str]


def formulas(name: Name, rounded: Round) -> dict[str, str]:
    """Write each value in a language's own words for an earlier value and for rounding."""
    total, attained, customer = name("total"), name("attained"), name("customer")
    collection, cycle, win_rate = name("collection"), name("cycle"), name("win_rate")
    mean, grade = name("mean"), name("grade")
    score = (
        f"({_least(f'{attained} * 100.0', '130.0')} * 0.4"
        f" + {_least(f'{customer} * 100.0', '120.0')} * 0.15 + {win_rate} * 0.15"
        f" + ({collection} < 0.0 ? 0.0 : {collection} * 0.2)"
        f" + ({cycle} < 0.0 ? 0.0 : {cycle} * 0.1))"
        f" / (0.7 + ({collection} < 0.0 ? 0.0 : 0.2) + ({cycle} < 0.0 ? 0.0 : 0.1))"
    )
    steps = f"40.0 : {mean} >= 60.0 ? 70.0 : {mean} >= 30.0 ? 100.0 : 120.0"
    return {
        "attained": rounded("revenue / revenue_target", 4),
        "customer": rounded("customers / customers_target", 4),
        "rate": rounded("won / closed", 6),
        "share": f"revenue > 0.0 ? {rounded('collected / revenue', 6)} : -1.0",
        "mean": "won > 0.0 ? days / won : -1.0",
        "win_rate": rounded(_line(WIN_RATE, name("rate")), 2),
        "collection": (
            f"{name('share')} < 0.0 ? -1.0 : {rounded(_line(COLLECTION, name('share')), 2)}"
        ),
        "cycle": f"{mean} < 0.0 ? -1.0 : {mean} >= 90.0 ? {steps}",
        "mark": rounded(score, 2),
        "total": _least(name("mark"), "120.0"),
        "grade": " : ".join(f"{total} >= {edge}.0 ? '{code}'" for code, edge, _ in GRADES[:-1])
        + " : 'D'",
        "coefficient": " : ".join(
            f"{grade} == '{code}' ? {float(share)}" for code, _, share in GRADES[:-1]
        )
        + " : 0.0",
        "bonus": f"{total} >= 80.0 && {attained} >= 1.0",
        "outstanding": f"{grade} == 'S'",
        "new_business": f"{customer} >= 1.2",
        "quality": f"{collection} >= 100.0 && {win_rate} >= 100.0",
        "team_lift": f"{total} >= 100.0 && team_revenue / team_target >= 1.1",
        "coaching": f"{grade} == 'D' || ({grade} == 'C' && {attained} < 0.65)",
        "paid": " + ".join(
            f"({name(rule)} ? {worth} : 0.0)"
            for rule, worth in zip(
                RULES,
                (
                    f"8000.0 * {name('coefficient')}",
                    "5000.0",
                    "300.0 * customers",
                    rounded("collected * 0.005", 2),
                    "1000.0",
                ),
                strict=False,
            )
        ),
    }


def _least(left: str, right: str) -> str:
    return f"({left} < {right} ? {left} : {right})"


def _line(points: tuple[tuple[str, int], ...], at: str) -> str:
    parts = [f"{at} <= {float(points[0][0])} ? {float(points[0][1])}"]
    for (left, low), (right, high) in pairwise(points):
        run = f"{float(low)} + ({at} - {float(left)}) * {float(high - low)}"
        parts.append(f"{at} <= {float(right)} ? {run} / ({float(right)} - {float(left)})")
    return f"({' : '.join([*parts, str(float(points[-1][1]))])})"


def facts(people: pl.DataFrame) -> list[dict[str, float]]:
    """Return each person's facts as floats in whole money, with the team's two sums."""
    money = (*MONEY, "team_revenue", "team_target")
    return [
        {name: row[name] / 100 for name in money} | {name: float(row[name]) for name in COUNTS}
        for row in with_teams(people)
    ]


def told(values: Mapping[str, Any]) -> Outcome:
    bits = sum(1 << place for place, rule in enumerate(RULES) if values[rule])
    return round(values["total"] * 100), values["grade"], bits, round(values["paid"] * 100)
