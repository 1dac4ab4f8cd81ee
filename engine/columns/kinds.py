"""Each kind of definition → its columns and what its name then stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import floor
from typing import Any

import polars as pl

from engine.columns import exact
from engine.columns.exact import Exact
from engine.columns.formulas import truth, value
from engine.columns.labels import appraised, bands, by_label, calibrated, lowered
from engine.columns.peers import across, by_date
from engine.columns.pooling import pool_share, pool_weight, team_sum
from engine.columns.quotients import attainment, growth, ratio
from engine.columns.scope import Compiled, Scope
from engine.columns.treatments import ONE, ZERO, filled
from engine.columns.values import (
    PLAIN,
    Flag,
    Label,
    Numeric,
    Refused,
    Value,
    dimension,
    same,
    worded,
)
from engine.definitions import (
    Across,
    Appraised,
    Attainment,
    Bands,
    ByDate,
    ByLabel,
    Calibrated,
    Conclusion,
    Condition,
    Definition,
    Formula,
    Growth,
    Lookup,
    Lowered,
    Mean,
    Ratio,
    Share,
    TeamSum,
    Weight,
)
from engine.errors import N_
from engine.model import DecisionTable
from engine.schema.said import Said
from engine.tables.bands import looked_up
from engine.tables.decisions import clashes


def compiled(definition: Definition, scope: Scope) -> Compiled:
    """Compile one definition; raise Refused for what cannot be computed exactly."""
    made = _MAKERS[type(definition.what)](definition.what, scope)
    if isinstance(made, Flag):
        return Compiled([(definition.name, made.column)], Flag(pl.col(definition.name)))
    if isinstance(made, Label):
        return Compiled(
            [(definition.name, made.column)], Label(pl.col(definition.name), made.options)
        )
    return _rounded(definition, made)


def _rounded(definition: Definition, made: Numeric) -> Compiled:
    """Keep the rounded number as a column; an ``exact`` definition passes on the unrounded one."""
    unit = _declared(definition, made)
    shown = _spanned(exact.rounded(made.exact, definition.digits), made.span)
    if definition.by_days:
        shown = exact.finer(shown, definition.digits)
    if max(abs(shown.low), abs(shown.high)) >= 10 ** (28 + shown.scale):
        raise exact.TooLarge
    column = replace(shown, top=pl.col(definition.name))
    passed = (
        column
        if made.exact.bottom is None and shown is made.exact
        else (made.exact if definition.exact else column)
    )
    return Compiled([(definition.name, shown.top)], Numeric(passed, unit), shown.scale)


def _spanned(shown: Exact, span: tuple[Fraction, Fraction] | None) -> Exact:
    """Bound a rounded value by what is known of it beyond its fraction."""
    if span is None:
        return shown
    low, high = (floor(each * 10**shown.scale) for each in span)
    return replace(shown, low=max(shown.low, low), high=min(shown.high, high + 1))


def _declared(definition: Definition, made: Numeric) -> Any:
    if definition.unit == "number" or definition.exact:
        return made.dimension
    try:
        return same(made.dimension, dimension(definition.unit))
    except Refused:
        raise Refused(
            Said(
                "rules.unit_declared",
                N_("`{name}` is declared as {unit}, and its formula gives {found}."),
                N_("Correct the unit or the formula."),
                name=definition.name,
                unit=definition.unit,
                found=worded(made.dimension),
            )
        ) from None


def _formula(what: Formula, scope: Scope) -> Value:
    return value(what.of, scope.lookup)


def _lookup(what: Lookup, scope: Scope) -> Value:
    found = looked_up(what.table, scope.lookup)
    if isinstance(what.table, DecisionTable):
        scope.refused.extend(clashes(what.table, scope.lookup))
    worth, span = _clamped(found.exact, what.floor, what.cap), found.span
    if span is not None:
        ends = [*span, *(Fraction(each) for each in (what.floor, what.cap, 0) if each is not None)]
        span = min(ends), max(ends)
    if what.gate is not None:
        worth = exact.choose(truth(what.gate, scope.lookup), worth, ZERO)
    return Numeric(worth, found.dimension, span)


def _clamped(of: Exact, floor: Decimal | None, cap: Decimal | None) -> Exact:
    if cap is not None:
        of = exact.least(of, exact.literal(cap))
    return of if floor is None else exact.greatest(of, exact.literal(floor))


def _mean(what: Mean, scope: Scope) -> Value:
    tops, weights, own = [], [], []
    for name, weight in what.terms:
        points = scope.numeric(name).exact
        share = scope.numeric(weight).exact if isinstance(weight, str) else exact.literal(weight)
        own.append(share)
        tops.append(filled(exact.multiply(points, share)))
        there = pl.when(exact.known(points)).then(share.top).otherwise(exact.whole(0))
        weights.append(replace(share, top=there, low=0, constant=False))
    none = exact.literal(Decimal(0))  # of a dimension that no KPI belongs to, told as a fault
    top, bottom = reduce(exact.add, tops or [none]), reduce(exact.add, weights or [none])
    mean = exact.divide(top, bottom, zero_is_null=True)
    mean = _clamped(mean, what.floor, what.cap)
    if any(isinstance(weight, str) for _, weight in what.terms):
        scope.refused.append((exact.compare("!=", reduce(exact.add, own), ONE), _WEIGHTS))
    left_out = [] if what.unless is None else [truth(what.unless, scope.lookup).fill_null(False)]
    left_out += [where for name in what.waits for where in scope.awaited(name)]
    if left_out:
        mean = replace(mean, top=pl.when(~pl.any_horizontal(left_out)).then(mean.top))
    return Numeric(mean, PLAIN)


_WEIGHTS = Said(
    "facts.weights",
    N_("This person's own weights do not sum to 100%."),
    N_("Correct the columns that end in .weight."),
)


def _condition(what: Condition, scope: Scope) -> Value:
    return Flag(truth(what.of, scope.lookup).fill_null(False))


def _conclusion(what: Conclusion, _: Scope) -> Value:
    return Flag(pl.any_horizontal([pl.col(rule) for rule in what.rules]))


_MAKERS: dict[type, Callable[[Any, Scope], Value]] = {
    Formula: _formula,
    Lookup: _lookup,
    Ratio: ratio,
    Growth: growth,
    Attainment: attainment,
    Mean: _mean,
    Bands: bands,
    Calibrated: calibrated,
    Appraised: appraised,
    Lowered: lowered,
    Across: across,
    ByDate: by_date,
    ByLabel: by_label,
    TeamSum: team_sum,
    Condition: _condition,
    Conclusion: _conclusion,
    Weight: pool_weight,
    Share: pool_share,
}
