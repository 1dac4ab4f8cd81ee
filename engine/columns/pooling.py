"""Figures of a team, and a team's pool shared out."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from engine.columns import exact
from engine.columns.allocation import shares
from engine.columns.exact import Exact
from engine.columns.formulas import truth
from engine.columns.scope import Scope
from engine.columns.treatments import ONE, ZERO, filled
from engine.columns.values import (
    PLAIN,
    Flag,
    Numeric,
    Value,
)
from engine.definitions import (
    Share,
    TeamSum,
    Weight,
)

MAX_TEAM = 10_000


def team_sum(what: TeamSum, scope: Scope) -> Value:
    team = pl.col("team").is_not_null()
    if what.of is None:
        size = scope.over(pl.col("person").count(), "team").cast(exact.INT)
        return Numeric(Exact(pl.when(team).then(size), 1, MAX_TEAM), PLAIN)
    of = scope.numeric(what.of)
    summed = exact.summed(of.exact, MAX_TEAM, lambda column: scope.over(column, "team"))
    return Numeric(replace(summed, top=pl.when(team).then(summed.top)), of.dimension)


def pool_weight(what: Weight, scope: Scope) -> Value:
    of = ONE if what.of is None else scope.numeric(what.of).exact
    of = exact.greatest(filled(of), ZERO)
    if what.eligible is not None:
        joins = truth(what.eligible, scope.lookup).fill_null(False)
        of = exact.choose(joins, of, ZERO)
    return Numeric(of, None)


def pool_share(what: Share, scope: Scope) -> Value:
    fund, weight = scope.numeric(what.fund), scope.numeric(what.weight)
    trigger = scope.values[what.trigger]
    assert isinstance(trigger, Flag)
    found = shares(
        exact.finer(fund.exact, what.places),
        weight.exact,
        trigger.column,
        MAX_TEAM,
        lambda aggregate: scope.over(aggregate, "team"),
    )
    return Numeric(found, fund.dimension)
