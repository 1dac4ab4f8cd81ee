"""What a contestant is: facts in its own form, one run over all of them, and what came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from benchmarks.outcomes import Facts, Outcome, outcome


@dataclass(frozen=True)
class Contestant:
    """``prepare`` and ``told`` are outside of the clock; ``rows`` is the most that it is given.

    ``told`` gives the outcomes; with ``rules_only`` just the bits of the rules that hold, decided
    on scores that others worked out for it.
    """

    rows: int
    prepare: Callable[[pl.DataFrame], Any]
    run: Callable[[Any], Any]
    told: Callable[[Any], list[Outcome] | list[int]]
    rules_only: bool = False


def with_teams(people: pl.DataFrame) -> list[Facts]:
    """Return plain rows, each with its team's two sums, as programs that see one row need them."""
    teams = people.group_by("team").agg(
        team_revenue=pl.col("revenue").sum(), team_target=pl.col("revenue_target").sum()
    )
    return people.join(teams, on="team", how="left", maintain_order="left").rows(named=True)


def expected(people: pl.DataFrame) -> list[Outcome]:
    return [outcome(row) for row in with_teams(people)]
