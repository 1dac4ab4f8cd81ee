"""What rules engines are given: every person's scores, worked out for them beforehand."""

from __future__ import annotations

from typing import Any

import polars as pl

from benchmarks.contestants.by_hand import one
from benchmarks.contestants.contestant import with_teams

Scored = dict[str, dict[str, Any]]


def scored(people: pl.DataFrame) -> list[Scored]:
    """Return two facts a person: their own scores, and their team's attainment.

    Points of 100 and more are all that a rule asks for, so quality comes as one point figure.
    """
    return [_scored(dict(row)) for row in with_teams(people)]


def _scored(row: dict[str, Any]) -> Scored:
    _, grade, held, _ = one(row)
    return {
        "person": {
            "grade": grade,
            "attained": (20_000 * row["revenue"] + row["revenue_target"])
            // (2 * row["revenue_target"])
            / 10_000,
            "customers": (20_000 * row["customers"] + row["customers_target"])
            // (2 * row["customers_target"])
            / 10_000,
            "collection": 100.0 if held & 8 else 90.0,
            "win_rate": 110.0,
        },
        "team": {"attained": row["team_revenue"] / row["team_target"]},
    }
