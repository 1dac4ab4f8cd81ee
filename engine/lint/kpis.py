"""KPIs that move nothing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.checks import Problem
from engine.errors import N_
from engine.lint.ranges import ANY, Reach
from engine.lint.spans import number
from engine.model import Policy
from engine.schema.said import Said


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
