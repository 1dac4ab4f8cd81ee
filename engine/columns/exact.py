"""Exact arithmetic on columns: whole numerators over whole denominators.

Polars' own decimal ``*`` and ``/`` round half-even to ten places, and its integers wrap
silently. So a value here is ``top / bottom / 10**scale`` with the scale known when the
policy is compiled, and with bounds proven for both (``columns.whole``): where they could leave
127 bits the policy is refused, so no row can ever wrap. Only ``rounded`` rounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

import polars as pl

from engine.columns import whole as wholes
from engine.columns.whole import INT, LIMIT, TooLarge, Whole
from engine.columns.worksheet import kept

__all__ = [
    "INT",
    "LIMIT",
    "Exact",
    "MayBeZero",
    "TooLarge",
    "add",
    "choose",
    "common",
    "compare",
    "decimals",
    "divide",
    "finer",
    "floor",
    "greatest",
    "known",
    "least",
    "literal",
    "multiply",
    "negative",
    "rounded",
    "summed",
    "whole",
]
whole = wholes.literal


class MayBeZero(ArithmeticError):  # noqa: N818 (it says what the number is)
    """A division whose denominator cannot be proven to differ from zero."""


@dataclass(frozen=True, slots=True)
class Exact:
    """A number per row; ``bottom`` is at least 1 (None means 1); null means not applicable.

    ``low <= top <= high`` and ``fewest <= bottom <= most`` hold for every row that is not null.
    ``constant`` marks a literal: the same in every row and never null.
    """

    top: pl.Expr
    low: int
    high: int
    scale: int = 0
    bottom: pl.Expr | None = None
    most: int = 1
    constant: bool = False
    fewest: int = 1

    def __post_init__(self) -> None:
        if max(abs(self.low), abs(self.high), self.most) >= LIMIT:
            raise TooLarge


def literal(value: Decimal) -> Exact:
    """Return ``value`` in every row."""
    exponent = value.normalize().as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    raw = int(value.scaleb(scale))
    return Exact(whole(raw), raw, raw, scale, constant=True)


def _top(of: Exact) -> Whole:
    return Whole(of.top, of.low, of.high)


def _bottom(of: Exact) -> Whole | None:
    if of.bottom is not None and of.fewest == of.most and of.bottom.meta.is_literal():
        return wholes.number(of.most)
    return None if of.bottom is None else Whole(of.bottom, of.fewest, of.most)


def _made(top: Whole, scale: int, bottom: Whole | None) -> Exact:
    """Return a result that may be used more than once."""
    return _with(_kept(top), scale, None if bottom is None else _kept(bottom))


def _kept(of: Whole) -> Whole:
    return Whole(kept(of.column), of.low, of.high, of.constant)


def _with(top: Whole, scale: int, bottom: Whole | None) -> Exact:
    if bottom is None:
        return Exact(top.column, top.low, top.high, scale)
    return Exact(
        top.column, top.low, top.high, scale, bottom.column, bottom.high, fewest=bottom.low
    )


def finer(value: Exact, scale: int) -> Exact:
    """Return the same value with at least ``scale`` decimals."""
    if scale <= value.scale:
        return value
    top = _top(value).scaled(10 ** (scale - value.scale))
    column = whole(top.low) if value.constant else top.column
    return replace(value, top=column, low=top.low, high=top.high, scale=scale)


def _times(left: Whole, right: Whole | None) -> Whole:
    return left if right is None else left.times(right)


def _product(left: Whole | None, right: Whole | None) -> Whole | None:
    if left is None or right is None:
        return right if left is None else left
    return left.times(right)


def common(left: Exact, right: Exact) -> tuple[Exact, Exact]:
    """Bring both to one scale and, by cross multiplication, one denominator."""
    left, right = finer(left, right.scale), finer(right, left.scale)
    if left.bottom is right.bottom:
        return left, right  # none, or one and the same
    first, second = _bottom(left), _bottom(right)
    both = _product(first, second)
    both = both and _kept(both)
    return (
        _with(_times(_top(left), second), left.scale, both),
        _with(_times(_top(right), first), left.scale, both),
    )


def add(left: Exact, right: Exact) -> Exact:
    left, right = common(left, right)
    return _made(_top(left).plus(_top(right)), left.scale, _bottom(left))


def summed(value: Exact, rows: int, over: Callable[[pl.Expr], pl.Expr]) -> Exact:
    """Add up no more than ``rows`` rows of a value that is no fraction; ``over`` says which."""
    assert value.bottom is None
    low, high = min(value.low * rows, 0), max(value.high * rows, 0)
    top = over(_top(value).within(low, high).sum())
    return _made(Whole(top, low, high), value.scale, None)


def negative(value: Exact) -> Exact:
    top = _top(value).negated()
    column = whole(top.low) if value.constant else kept(top.column)
    return replace(value, top=column, low=top.low, high=top.high)


def absolute(value: Exact) -> Exact:
    if value.low >= 0:
        return value
    if value.high <= 0:
        return negative(value)
    return replace(value, top=value.top.abs(), low=0, high=max(-value.low, value.high))


def multiply(left: Exact, right: Exact) -> Exact:
    return _made(
        _top(left).times(_top(right)),
        left.scale + right.scale,
        _product(_bottom(left), _bottom(right)),
    )


def divide(left: Exact, right: Exact, *, zero_is_null: bool = False) -> Exact:
    """Return the quotient as a fraction; rows divided by zero are null where that is declared."""
    if right.low <= 0 <= right.high and not zero_is_null:
        raise MayBeZero
    top = _times(_top(left), _bottom(right))
    divisor = _top(right).size()
    if right.low < 0:
        reach = max(abs(top.low), abs(top.high))
        top = Whole(top.column * right.top.sign(), -reach, reach)
    if right.low <= 0 <= right.high:
        column = kept(pl.when(divisor.column != 0).then(divisor.column))
        divisor = Whole(column, 1, max(divisor.high, 1))
    elif right.low < 0:
        divisor = Whole(divisor.column, min(-right.high, -right.low), divisor.high)
    return _shift(_made(top, 0, _product(_bottom(left), divisor)), left.scale - right.scale)


def _shift(value: Exact, scale: int) -> Exact:
    if scale >= 0:
        return replace(value, scale=scale)
    return replace(finer(replace(value, scale=0), -scale), scale=0)


def rounded(value: Exact, digits: int) -> Exact:
    """Round HALF_UP (a tie away from zero) to ``digits`` places."""
    if value.bottom is None and value.scale <= digits:
        return value
    value = finer(value, digits)
    factor = 10 ** (value.scale - digits)
    bottom, half = _divisor(_bottom(value), factor)
    value = replace(value, top=kept(value.top))
    top = _top(value)
    size = top.size().plus(half).over(bottom)
    if value.low >= 0:
        return _made(size, digits, None)
    signed = Whole(size.column * value.top.sign(), -size.high, size.high if value.high > 0 else 0)
    return _made(signed, digits, None)


def _divisor(bottom: Whole | None, factor: int) -> tuple[Whole, Whole]:
    """Return what to divide by and the half of it, rounded down: ``(top + half) // divisor``."""
    if bottom is None:
        return wholes.number(factor), wholes.number(factor // 2)
    if factor % 2 == 0:
        return bottom.scaled(factor), bottom.scaled(factor // 2)
    return bottom, Whole(bottom.column // whole(2), bottom.low // 2, bottom.high // 2)


def known(value: Exact) -> pl.Expr:
    """Say in which rows there is a number."""
    if value.bottom is None:
        return value.top.is_not_null()
    return value.top.is_not_null() & value.bottom.is_not_null()


def floor(value: Exact) -> Exact:
    """Return the largest whole number that is not above ``value``."""
    if value.bottom is None and value.scale == 0:
        return value
    bottom, _ = _divisor(_bottom(value), 10**value.scale)
    return _made(_top(value).over(bottom), 0, None)


def compare(sign: str, left: Exact, right: Exact) -> pl.Expr:
    """Return the truth of ``left sign right``, exactly; null where either is null."""
    # Cross multiplication brings every null of a denominator into the tops.
    left, right = common(left, right)
    match sign:
        case "<":
            return left.top < right.top
        case "<=":
            return left.top <= right.top
        case ">":
            return left.top > right.top
        case ">=":
            return left.top >= right.top
        case "==":
            return left.top == right.top
        case _:
            return left.top != right.top


def choose(condition: pl.Expr, yes: Exact, no: Exact) -> Exact:
    """Take ``yes`` where the condition holds, ``no`` where not, null where it is unknown."""
    yes, no = finer(yes, no.scale), finer(no, yes.scale)
    condition = kept(condition)

    def pick(first: pl.Expr, second: pl.Expr) -> pl.Expr:
        return kept(pl.when(condition).then(first).when(~condition).then(second))

    bottom = None
    if yes.bottom is not None or no.bottom is not None:
        bottom = pick(_or_one(yes.bottom), _or_one(no.bottom))
    return Exact(
        pick(yes.top, no.top),
        min(yes.low, no.low),
        max(yes.high, no.high),
        yes.scale,
        bottom,
        max(yes.most, no.most),
        fewest=min(yes.fewest, no.fewest),
    )


def _or_one(bottom: pl.Expr | None) -> pl.Expr:
    return whole(1) if bottom is None else bottom


def least(left: Exact, right: Exact) -> Exact:
    """Return the smaller of two; null where either is null."""
    return _extreme(left, right, smaller=True)


def greatest(left: Exact, right: Exact) -> Exact:
    """Return the larger of two; null where either is null."""
    return _extreme(left, right, smaller=False)


def _extreme(left: Exact, right: Exact, *, smaller: bool) -> Exact:
    if left.constant:
        left, right = right, left
    if left.bottom is not None and right.bottom is not None:
        return choose(compare("<=" if smaller else ">=", left, right), left, right)
    value, bound = common(left, right)
    if right.constant and (bound.low >= value.high if smaller else bound.high <= value.low):
        return left  # the bound is never reached
    pick = min if smaller else max
    return replace(
        value,
        top=kept(_nearer(value, bound, smaller=smaller, fixed=right.constant)),
        low=pick(value.low, bound.low),
        high=pick(value.high, bound.high),
        constant=False,
    )


def _nearer(value: Exact, bound: Exact, *, smaller: bool, fixed: bool) -> pl.Expr:
    if not fixed:
        one, other = kept(value.top), kept(bound.top)
        across = pl.min_horizontal if smaller else pl.max_horizontal
        return pl.when(one.is_not_null() & other.is_not_null()).then(across(one, other))
    # Clip names its column once, and keeps its type.
    top = _top(value).within(bound.low, bound.high)
    return top.clip(upper_bound=bound.top) if smaller else top.clip(lower_bound=bound.top)


def decimals(value: pl.Expr, scale: int) -> pl.Expr:
    """Return a scaled whole number as Decimal(38, 10), for people and for storage."""
    return (value.cast(INT) * _tenths(scale)).reinterpret(dtype=pl.Decimal(38, 10))


@lru_cache
def _tenths(scale: int) -> pl.Expr:
    return pl.lit(10 ** (10 - scale), dtype=INT)
