"""Grades and states: labels taken from numbers, and numbers from labels."""

from __future__ import annotations

import polars as pl

from engine.columns import exact
from engine.columns.exact import Exact
from engine.columns.formulas import truth
from engine.columns.scope import Scope
from engine.columns.values import (
    PLAIN,
    Flag,
    Label,
    Numeric,
    Value,
)
from engine.definitions import (
    Appraised,
    Bands,
    ByLabel,
    Calibrated,
    Lowered,
)


def bands(what: Bands, scope: Scope) -> Label:
    of = scope.numeric(what.of).exact
    result = pl.lit(what.rows[-1][0])
    for label, edge in reversed(what.rows[:-1]):
        reached = exact.compare(">=", of, exact.literal(edge))
        result = pl.when(reached).then(pl.lit(label)).otherwise(result)
    return Label(
        pl.when(of.top.is_not_null()).then(result), frozenset(label for label, _ in what.rows)
    )


def calibrated(what: Calibrated, scope: Scope) -> Value:
    given, computed = scope.label(what.given), scope.label(what.computed)
    return Label(pl.coalesce(given.column, computed.column), computed.options)


def appraised(what: Appraised, scope: Scope) -> Value:
    state = pl.lit("not_appraisable")
    if awaited := scope.awaited(what.of):
        state = pl.when(pl.any_horizontal(awaited)).then(pl.lit("pending")).otherwise(state)
    if what.too_short is not None:
        short = truth(what.too_short, scope.lookup).fill_null(False)
        state = pl.when(short).then(pl.lit("too_short")).otherwise(state)
    known = exact.known(scope.numeric(what.of).exact)
    return Label(pl.when(known).then(pl.lit("appraised")).otherwise(state), STATES)


STATES = frozenset({"appraised", "not_appraisable", "pending", "too_short"})


def lowered(what: Lowered, scope: Scope) -> Value:
    of = bands(what.of, scope)
    column = of.column
    for flag, label in what.rows:
        holds = scope.values[flag]
        assert isinstance(holds, Flag)
        better = list(what.order[: what.order.index(label)])
        column = pl.when(holds.column & column.is_in(better)).then(pl.lit(label)).otherwise(column)
    return Label(column, of.options)


def by_label(what: ByLabel, scope: Scope) -> Value:
    column = scope.label(what.of).column
    scale = max(exact.literal(number).scale for _, number in what.rows)
    result = pl.lit(None, dtype=exact.INT)
    for label, number_ in what.rows:
        result = (
            pl.when(column == label)
            .then(exact.finer(exact.literal(number_), scale).top)
            .otherwise(result)
        )
    raw = [exact.finer(exact.literal(number_), scale).low for _, number_ in what.rows]
    return Numeric(Exact(result, min(raw), max(raw), scale), PLAIN)
