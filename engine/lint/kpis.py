"""KPIs that move nothing, or count the same thing twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.checking.sections import Problem
from engine.compiling.references import references
from engine.definitions import Definition
from engine.errors import N_
from engine.lint.names import reached
from engine.lint.ranges import ANY, Reach
from engine.lint.spans import number
from engine.model import Policy
from engine.schema.said import Said

# Ways of sharing out a target that pay no heed to the market.
_EVEN = ("headcount", "none")


def idle(policy: Policy, reach: Reach) -> Iterator[Problem]:
    for kpi in policy.kpis:
        low, high = reach.numbers.get(f"{kpi.code}.points", ANY)
        if not kpi.weight:
            yield (
                ("kpis", kpi.code, "weight"),
                Said(
                    "lint.weight_zero",
                    N_("`{name}` has a weight of zero: it never moves the total."),
                    N_("Give it a weight, or remove the KPI."),
                    name=kpi.code,
                ),
            )
        elif low is not None and low == high:
            yield (
                ("kpis", kpi.code),
                Said(
                    "lint.kpi_constant",
                    N_("`{name}` always has {points} points: it tells nobody from another."),
                    N_("Check its table, cap and floor."),
                    at_key=True,
                    name=kpi.code,
                    points=number(low),
                ),
            )


def twice(policy: Policy, definitions: Sequence[Definition]) -> Iterator[Problem]:
    """Find market difficulty that has already moved what the KPI is measured against."""
    needs = {each.name: references(each) for each in definitions}
    columns = {target.code: target for target in policy.targets}
    for kpi in policy.kpis:
        if kpi.difficulty is None:
            continue
        used = reached(needs, [f"{kpi.code}.{part}" for part in ("target", "base_points")])
        target = columns.get(str(kpi.target))
        if kpi.difficulty.of in used or (target and target.cascade.by not in _EVEN):
            yield (
                ("kpis", kpi.code, "difficulty"),
                Said(
                    "lint.difficulty_twice",
                    N_(
                        "Market difficulty counts twice in `{name}`: its target already follows it."
                    ),
                    N_("Keep one: the lower target, or the difficulty."),
                    at_key=True,
                    name=kpi.code,
                ),
            )
