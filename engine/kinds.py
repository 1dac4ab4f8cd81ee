"""Each kind of definition → its columns and what its name then stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

from engine import exact
from engine.allocation import shares
from engine.definitions import (
    Appraised,
    Attainment,
    Bands,
    ByLabel,
    Calibrated,
    Conclusion,
    Condition,
    Definition,
    Formula,
    Lookup,
    Mean,
    Ratio,
    Share,
    TeamSum,
    Weight,
)
from engine.errors import N_
from engine.exact import Exact
from engine.expression import Name
from engine.formulas import number, truth, value
from engine.schema.said import Said
from engine.tables import looked_up
from engine.values import (
    PLAIN,
    Flag,
    Label,
    Numeric,
    Refused,
    Value,
    dimension,
    product,
    same,
    worded,
)

MAX_TEAM = 10_000
ZERO, ONE = exact.literal(Decimal(0)), exact.literal(Decimal(1))


@dataclass(frozen=True, slots=True)
class Scope:
    """The values that names stand for; ``lookup`` is what a formula sees.

    ``partition`` are the columns that keep scenarios of one population apart; ``across``
    collects the keys of what was aggregated.
    """

    values: Mapping[str, Value]
    lookup: Callable[[Name], Value]
    partition: tuple[str, ...] = ()
    across: set[tuple[str, ...]] = field(default_factory=set)

    def over(self, aggregate: pl.Expr, *keys: str) -> pl.Expr:
        """Aggregate over the rows that share ``keys``, within a scenario; over all without any."""
        self.across.add(keys)
        within = [*self.partition, *keys]
        return aggregate.over(within) if within else aggregate

    def numeric(self, name: str) -> Numeric:
        return number(Name(name), lambda each: self.values[each.name])

    def label(self, name: str) -> Label:
        found = self.values[name]
        assert isinstance(found, Label)
        return found


@dataclass(frozen=True, slots=True)
class Compiled:
    """The columns to compute, the value of the name, and the decimals of its raw column."""

    columns: list[tuple[str, pl.Expr]]
    value: Value
    digits: int = 0


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
    shown = exact.rounded(made.exact, definition.digits)
    if max(abs(shown.low), abs(shown.high)) >= 10 ** (28 + shown.scale):
        raise exact.TooLarge
    column = replace(shown, top=pl.col(definition.name))
    passed = (
        column
        if made.exact.bottom is None and shown is made.exact
        else (made.exact if definition.exact else column)
    )
    return Compiled([(definition.name, shown.top)], Numeric(passed, unit), shown.scale)


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
    of = number(what.table.of, scope.lookup)
    found = _clamped(looked_up(what.table, of.exact), what.floor, what.cap)
    return Numeric(found, of.dimension if what.table.kind in {"marginal", "whole"} else None)


def _clamped(of: Exact, floor: Decimal | None, cap: Decimal | None) -> Exact:
    if cap is not None:
        of = exact.least(of, exact.literal(cap))
    return of if floor is None else exact.greatest(of, exact.literal(floor))


def _ratio(what: Ratio, scope: Scope) -> Value:
    top, bottom = scope.numeric(what.top), scope.numeric(what.bottom)
    quotient = exact.divide(top.exact, bottom.exact, zero_is_null=True)
    if what.zero:
        quotient = exact.choose(exact.compare("==", bottom.exact, ZERO), ZERO, quotient)
    return Numeric(quotient, product(top.dimension, bottom.dimension, -1))


def _attainment(what: Attainment, scope: Scope) -> Value:
    actual, target = scope.numeric(what.actual), scope.numeric(what.target)
    same(actual.dimension, target.dimension)
    if what.better == "lower" and what.form == "ratio":
        return Numeric(_over(target.exact, actual.exact, what.if_zero_actual), PLAIN)
    quotient = _over(actual.exact, target.exact, what.if_zero_target)
    if what.better == "higher":
        return Numeric(quotient, PLAIN)
    mirrored = exact.add(
        exact.literal(Decimal(2)), exact.negative(_over(actual.exact, target.exact, "null"))
    )
    return Numeric(_treated(mirrored, actual.exact, target.exact, what.if_zero_target), PLAIN)


def _over(top: Exact, bottom: Exact, zero: str) -> Exact:
    return _treated(exact.divide(top, bottom, zero_is_null=True), top, bottom, zero)


def _treated(quotient: Exact, top: Exact, bottom: Exact, zero: str) -> Exact:
    """Put the declared treatment where the denominator is zero and the numerator is known."""
    if zero not in {"full", "zero"}:
        return quotient
    known = (
        top.top.is_not_null()
        if top.bottom is None
        else top.bottom.is_not_null() & top.top.is_not_null()
    )
    instead = ONE if zero == "full" else ZERO
    instead = replace(instead, top=pl.when(known).then(instead.top), constant=False)
    return exact.choose(exact.compare("==", bottom, ZERO), instead, quotient)


def _mean(what: Mean, scope: Scope) -> Value:
    tops, weights = [], []
    for name, weight in what.terms:
        points = scope.numeric(name).exact
        worth = exact.multiply(points, exact.literal(weight))
        known = points.top.is_not_null()
        tops.append(_filled(worth))
        share = exact.literal(weight)
        weights.append(
            replace(
                share,
                top=pl.when(known).then(share.top).otherwise(exact.whole(0)),
                low=0,
                constant=False,
            )
        )
    mean = exact.divide(reduce(exact.add, tops), reduce(exact.add, weights), zero_is_null=True)
    return Numeric(_clamped(mean, what.floor, what.cap), PLAIN)


def _filled(of: Exact) -> Exact:
    """Count what is not applicable as zero; for numbers that are not fractions."""
    return replace(
        of,
        top=of.top.fill_null(exact.whole(0)),
        low=min(of.low, 0),
        high=max(of.high, 0),
        constant=False,
    )


def _bands(what: Bands, scope: Scope) -> Value:
    of = scope.numeric(what.of).exact
    result = pl.lit(what.rows[-1][0])
    for label, edge in reversed(what.rows[:-1]):
        reached = exact.compare(">=", of, exact.literal(edge))
        result = pl.when(reached).then(pl.lit(label)).otherwise(result)
    return Label(
        pl.when(of.top.is_not_null()).then(result), frozenset(label for label, _ in what.rows)
    )


def _calibrated(what: Calibrated, scope: Scope) -> Value:
    given, computed = scope.label(what.given), scope.label(what.computed)
    return Label(pl.coalesce(given.column, computed.column), computed.options)


def _appraised(what: Appraised, scope: Scope) -> Value:
    known = scope.numeric(what.of).exact.top.is_not_null()
    state = pl.when(known).then(pl.lit("appraised")).otherwise(pl.lit("not_appraisable"))
    return Label(state, frozenset({"appraised", "not_appraisable"}))


def _by_label(what: ByLabel, scope: Scope) -> Value:
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


def _team_sum(what: TeamSum, scope: Scope) -> Value:
    team = pl.col("team").is_not_null()
    if what.of is None:
        size = scope.over(pl.col("person").count(), "team").cast(exact.INT)
        return Numeric(Exact(pl.when(team).then(size), 1, MAX_TEAM), PLAIN)
    of = scope.numeric(what.of)
    summed = scope.over(of.exact.top.sum(), "team")
    wide = replace(
        of.exact,
        top=pl.when(team).then(summed),
        low=min(of.exact.low * MAX_TEAM, 0),
        high=max(of.exact.high * MAX_TEAM, 0),
        constant=False,
    )
    return Numeric(wide, of.dimension)


def _condition(what: Condition, scope: Scope) -> Value:
    return Flag(truth(what.of, scope.lookup).fill_null(False))


def _conclusion(what: Conclusion, _: Scope) -> Value:
    return Flag(pl.any_horizontal([pl.col(rule) for rule in what.rules]))


def _weight(what: Weight, scope: Scope) -> Value:
    of = ONE if what.of is None else scope.numeric(what.of).exact
    of = exact.greatest(_filled(of), ZERO)
    if what.eligible is not None:
        joins = truth(what.eligible, scope.lookup).fill_null(False)
        of = exact.choose(joins, of, ZERO)
    return Numeric(of, None)


def _share(what: Share, scope: Scope) -> Value:
    fund, weight = scope.numeric(what.fund), scope.numeric(what.weight)
    trigger = scope.values[what.trigger]
    assert isinstance(trigger, Flag)
    found = shares(
        fund.exact,
        weight.exact,
        trigger.column,
        MAX_TEAM,
        lambda aggregate: scope.over(aggregate, "team"),
    )
    return Numeric(found, fund.dimension)


_MAKERS: dict[type, Callable[[Any, Scope], Value]] = {
    Formula: _formula,
    Lookup: _lookup,
    Ratio: _ratio,
    Attainment: _attainment,
    Mean: _mean,
    Bands: _bands,
    Calibrated: _calibrated,
    Appraised: _appraised,
    ByLabel: _by_label,
    TeamSum: _team_sum,
    Condition: _condition,
    Conclusion: _conclusion,
    Weight: _weight,
    Share: _share,
}
