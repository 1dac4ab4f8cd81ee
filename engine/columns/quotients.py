"""Ratios, growth and attainment, with the declared treatment of what cannot be divided."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from engine.columns import exact
from engine.columns.exact import Exact
from engine.columns.scope import Scope
from engine.columns.treatments import ZERO, treated
from engine.columns.values import (
    PLAIN,
    Numeric,
    Value,
    product,
    same,
)
from engine.definitions import (
    Attainment,
    Growth,
    Ratio,
)


def ratio(what: Ratio, scope: Scope) -> Value:
    top, bottom = scope.numeric(what.top), scope.numeric(what.bottom)
    quotient = _over(top.exact, bottom.exact, what.if_zero, scope, f"{what.top} / {what.bottom}")
    return Numeric(quotient, product(top.dimension, bottom.dimension, -1))


def growth(what: Growth, scope: Scope) -> Value:
    now, base = scope.numeric(what.now), scope.numeric(what.base)
    same(now.dimension, base.dimension)
    more = exact.add(now.exact, exact.negative(base.exact))
    grown = exact.divide(more, base.exact, zero_is_null=True)
    no_base = exact.compare("<=", base.exact, ZERO) & exact.known(now.exact)
    name = f"{what.now} / {what.base} - 1"
    return Numeric(treated(grown, no_base, what.if_base, scope, name), PLAIN)


def attainment(what: Attainment, scope: Scope) -> Value:
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
