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

from engine import exact
from engine.allocation import shares
from engine.decision_tables import clashes
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
from engine.exact import Exact
from engine.formulas import truth, value
from engine.model import DecisionTable
from engine.peers import across, by_date
from engine.schema.said import Said
from engine.scope import Compiled, Scope
from engine.tables import looked_up
from engine.treatments import ONE, ZERO, treated
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


def _ratio(what: Ratio, scope: Scope) -> Value:
    top, bottom = scope.numeric(what.top), scope.numeric(what.bottom)
    quotient = _over(top.exact, bottom.exact, what.if_zero, scope, f"{what.top} / {what.bottom}")
    return Numeric(quotient, product(top.dimension, bottom.dimension, -1))


def _growth(what: Growth, scope: Scope) -> Value:
    now, base = scope.numeric(what.now), scope.numeric(what.base)
    same(now.dimension, base.dimension)
    more = exact.add(now.exact, exact.negative(base.exact))
    grown = exact.divide(more, base.exact, zero_is_null=True)
    no_base = exact.compare("<=", base.exact, ZERO) & exact.known(now.exact)
    name = f"{what.now} / {what.base} - 1"
    return Numeric(treated(grown, no_base, what.if_base, scope, name), PLAIN)


def _attainment(what: Attainment, scope: Scope) -> Value:
    actual, target = scope.numeric(what.actual), scope.numeric(what.target)
    same(actual.dimension, target.dimension)
    found = _attained(what, actual.exact, target.exact, scope)
    if what.if_negative == "keep" or actual.exact.low >= 0:
        return Numeric(found, PLAIN)
    below = exact.compare("<", actual.exact, ZERO) & exact.known(target.exact)
    return Numeric(treated(found, below, what.if_negative, scope, what.actual), PLAIN)


def _attained(what: Attainment, actual: Exact, target: Exact, scope: Scope) -> Exact:
    if what.better == "lower" and what.form == "ratio":
        return _over(target, actual, what.if_zero_actual, scope, what.actual)
    if what.better == "higher":
        return _over(actual, target, what.if_zero_target, scope, what.target)
    quotient = exact.divide(actual, target, zero_is_null=True)
    mirrored = exact.add(exact.literal(Decimal(2)), exact.negative(quotient))
    no_target = _zero(target, actual)
    return treated(mirrored, no_target, what.if_zero_target, scope, what.target)


def _over(top: Exact, bottom: Exact, if_zero: str, scope: Scope, name: str) -> Exact:
    """Divide, with the declared treatment where the bottom is zero and the top is known."""
    quotient = exact.divide(top, bottom, zero_is_null=True)
    if bottom.low > 0:
        return quotient
    return treated(quotient, _zero(bottom, top), if_zero, scope, name)


def _zero(bottom: Exact, top: Exact) -> pl.Expr:
    return exact.compare("==", bottom, ZERO) & exact.known(top)


def _mean(what: Mean, scope: Scope) -> Value:
    tops, weights, own = [], [], []
    for name, weight in what.terms:
        points = scope.numeric(name).exact
        share = scope.numeric(weight).exact if isinstance(weight, str) else exact.literal(weight)
        own.append(share)
        tops.append(_filled(exact.multiply(points, share)))
        there = pl.when(exact.known(points)).then(share.top).otherwise(exact.whole(0))
        weights.append(replace(share, top=there, low=0, constant=False))
    mean = exact.divide(reduce(exact.add, tops), reduce(exact.add, weights), zero_is_null=True)
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


def _filled(of: Exact) -> Exact:
    """Count what is not applicable as zero; for numbers that are not fractions."""
    return replace(
        of,
        top=of.top.fill_null(exact.whole(0)),
        low=min(of.low, 0),
        high=max(of.high, 0),
        constant=False,
    )


def _bands(what: Bands, scope: Scope) -> Label:
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
    state = pl.lit("not_appraisable")
    if awaited := scope.awaited(what.of):
        state = pl.when(pl.any_horizontal(awaited)).then(pl.lit("pending")).otherwise(state)
    if what.too_short is not None:
        short = truth(what.too_short, scope.lookup).fill_null(False)
        state = pl.when(short).then(pl.lit("too_short")).otherwise(state)
    known = exact.known(scope.numeric(what.of).exact)
    return Label(pl.when(known).then(pl.lit("appraised")).otherwise(state), STATES)


STATES = frozenset({"appraised", "not_appraisable", "pending", "too_short"})


def _lowered(what: Lowered, scope: Scope) -> Value:
    of = _bands(what.of, scope)
    column = of.column
    for flag, label in what.rows:
        holds = scope.values[flag]
        assert isinstance(holds, Flag)
        better = list(what.order[: what.order.index(label)])
        column = pl.when(holds.column & column.is_in(better)).then(pl.lit(label)).otherwise(column)
    return Label(column, of.options)


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
    summed = exact.summed(of.exact, MAX_TEAM, lambda column: scope.over(column, "team"))
    return Numeric(replace(summed, top=pl.when(team).then(summed.top)), of.dimension)


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
    # A round fund is a whole number of coarser units; it is shared in the smallest there are.
    found = shares(
        exact.finer(fund.exact, what.places),
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
    Growth: _growth,
    Attainment: _attainment,
    Mean: _mean,
    Bands: _bands,
    Calibrated: _calibrated,
    Appraised: _appraised,
    Lowered: _lowered,
    Across: across,
    ByDate: by_date,
    ByLabel: _by_label,
    TeamSum: _team_sum,
    Condition: _condition,
    Conclusion: _conclusion,
    Weight: _weight,
    Share: _share,
}
