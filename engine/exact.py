"""Exact arithmetic on columns: scaled Int128 numerators over Int128 denominators.

Polars' own decimal ``*`` and ``/`` round half-even to ten places, and its integers wrap
silently. So a value here is ``top / bottom / 10**scale`` with the scale known when the
policy is compiled, and with bounds proven for both: where they could leave 127 bits the
policy is refused, so no row can ever wrap. Only ``rounded`` rounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

LIMIT = 2**126
INT = pl.Int128()


class TooLarge(ArithmeticError):  # noqa: N818 (it says what the number is)
    """A value whose bounds no longer fit; the policy must round or bound something first."""


class MayBeZero(ArithmeticError):  # noqa: N818
    """A division whose denominator cannot be proven to differ from zero."""


@dataclass(frozen=True, slots=True)
class Exact:
    """A number per row; ``bottom`` is at least 1 (None means 1); null means not applicable.

    ``low <= top <= high`` and ``bottom <= most`` hold for every row that is not null.
    ``constant`` marks a literal: the same in every row and never null.
    """

    top: pl.Expr
    low: int
    high: int
    scale: int = 0
    bottom: pl.Expr | None = None
    most: int = 1
    constant: bool = False

    def __post_init__(self) -> None:
        if max(abs(self.low), abs(self.high), self.most) >= LIMIT:
            raise TooLarge


def whole(value: int) -> pl.Expr:
    return pl.lit(value, dtype=INT)


def literal(value: Decimal) -> Exact:
    """Return ``value`` in every row."""
    exponent = value.normalize().as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    raw = int(value.scaleb(scale))
    return Exact(whole(raw), raw, raw, scale, constant=True)


def finer(value: Exact, scale: int) -> Exact:
    """Return the same value with at least ``scale`` decimals."""
    if scale <= value.scale:
        return value
    factor = 10 ** (scale - value.scale)
    low, high = value.low * factor, value.high * factor
    top = whole(low) if value.constant else value.top * whole(factor)
    return replace(value, top=top, low=low, high=high, scale=scale)


def _times(value: Exact, factor: pl.Expr | None, most: int) -> Exact:
    """Multiply top only, by a positive column of at most ``most``."""
    if factor is None:
        return value
    return replace(
        value,
        top=value.top * factor,
        low=min(value.low * most, value.low),
        high=max(value.high * most, value.high),
    )


def common(left: Exact, right: Exact) -> tuple[Exact, Exact]:
    """Bring both to one scale and, by cross multiplication, one denominator."""
    left, right = finer(left, right.scale), finer(right, left.scale)
    if left.bottom is None and right.bottom is None:
        return left, right
    most = left.most * right.most
    both = _product(left.bottom, right.bottom)
    first = replace(_times(left, right.bottom, right.most), bottom=both, most=most, constant=False)
    return first, replace(
        _times(right, left.bottom, left.most), bottom=both, most=most, constant=False
    )


def _product(left: pl.Expr | None, right: pl.Expr | None) -> pl.Expr | None:
    if left is None or right is None:
        return right if left is None else left
    return left * right


def add(left: Exact, right: Exact) -> Exact:
    left, right = common(left, right)
    return replace(
        left,
        top=left.top + right.top,
        low=left.low + right.low,
        high=left.high + right.high,
        constant=False,
    )


def negative(value: Exact) -> Exact:
    top = whole(-value.low) if value.constant else whole(0) - value.top
    return replace(value, top=top, low=-value.high, high=-value.low)


def multiply(left: Exact, right: Exact) -> Exact:
    corners = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return Exact(
        left.top * right.top,
        min(corners),
        max(corners),
        left.scale + right.scale,
        _product(left.bottom, right.bottom),
        left.most * right.most,
    )


def divide(left: Exact, right: Exact, *, zero_is_null: bool = False) -> Exact:
    """Return the quotient as a fraction; rows divided by zero are null where that is declared."""
    if right.low <= 0 <= right.high and not zero_is_null:
        raise MayBeZero
    sign = right.top.sign()
    bottom = right.top.abs()
    if right.low <= 0 <= right.high:
        bottom = pl.when(bottom != 0).then(bottom)
    most = max(abs(right.low), abs(right.high))
    top = _times(left, right.bottom, right.most)
    if right.low < 0:
        reach = max(abs(top.low), abs(top.high))
        top = replace(top, top=top.top * sign, low=-reach, high=reach)
    result = replace(
        top, scale=0, bottom=_product(left.bottom, bottom), most=left.most * most, constant=False
    )
    return _shift(result, left.scale - right.scale)


def _shift(value: Exact, scale: int) -> Exact:
    if scale >= 0:
        return replace(value, scale=scale)
    return replace(finer(replace(value, scale=0), -scale), scale=0)


def rounded(value: Exact, digits: int) -> Exact:
    """Round HALF_UP (a tie away from zero) to ``digits`` places."""
    if value.bottom is None and value.scale <= digits:
        return value
    bottom, most = value.bottom if value.bottom is not None else whole(1), value.most
    value = finer(value, digits)
    factor = 10 ** (value.scale - digits)
    bottom, most = bottom * whole(factor), most * factor
    reach = max(abs(value.low), abs(value.high))
    if 2 * reach + most >= LIMIT or 2 * most >= LIMIT:
        raise TooLarge
    high = reach // factor + 1
    if value.low >= 0:
        return Exact((value.top * whole(2) + bottom) // (bottom * whole(2)), 0, high, digits)
    size = (value.top.abs() * whole(2) + bottom) // (bottom * whole(2))
    return Exact(
        value.top.sign() * size,
        -high if value.low < 0 else 0,
        high if value.high > 0 else 0,
        digits,
    )


def known(value: Exact) -> pl.Expr:
    """Say in which rows there is a number."""
    if value.bottom is None:
        return value.top.is_not_null()
    return value.top.is_not_null() & value.bottom.is_not_null()


def floor(value: Exact) -> Exact:
    """Return the largest whole number that is not above ``value``."""
    if value.bottom is None and value.scale == 0:
        return value
    factor = 10**value.scale
    bottom = whole(factor) if value.bottom is None else value.bottom * whole(factor)
    if value.most * factor >= LIMIT:
        raise TooLarge
    low, high = value.low // factor, value.high // factor
    if value.bottom is not None:  # the larger the denominator, the nearer to zero
        low, high = min(low, 0), max(high, -1)
    return Exact(value.top // bottom, low, high)


def compare(sign: str, left: Exact, right: Exact) -> pl.Expr:
    """Return the truth of ``left sign right``, exactly; null where either is null."""
    left, right = common(left, right)
    known = pl.lit(True) if left.bottom is None else left.bottom.is_not_null()
    truth = {
        "<": left.top < right.top,
        "<=": left.top <= right.top,
        ">": left.top > right.top,
        ">=": left.top >= right.top,
        "==": left.top == right.top,
        "!=": left.top != right.top,
    }[sign]
    return truth if left.bottom is None else pl.when(known).then(truth)


def choose(condition: pl.Expr, yes: Exact, no: Exact) -> Exact:
    """Take ``yes`` where the condition holds, ``no`` where not, null where it is unknown."""
    yes, no = finer(yes, no.scale), finer(no, yes.scale)

    def pick(first: pl.Expr, second: pl.Expr) -> pl.Expr:
        return pl.when(condition).then(first).when(~condition).then(second)

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
    )


def _or_one(bottom: pl.Expr | None) -> pl.Expr:
    return whole(1) if bottom is None else bottom


def least(left: Exact, right: Exact) -> Exact:
    """Return the smaller of two; null where either is null."""
    if left.bottom is not None or right.bottom is not None:
        smaller = choose(compare("<=", left, right), left, right)
        return replace(smaller, high=_high(smaller, left, right))
    left, right = common(left, right)
    if left.constant:
        left, right = right, left
    if right.constant:  # clip names its column once, so that long formulas stay short
        top = left.top.clip(upper_bound=right.top)
    else:
        known = left.top.is_not_null() & right.top.is_not_null()
        top = pl.when(known).then(pl.min_horizontal(left.top, right.top))
    return replace(
        left, top=top, low=min(left.low, right.low), high=min(left.high, right.high), constant=False
    )


def _high(of: Exact, left: Exact, right: Exact) -> int:
    """Bound the smaller of two where one is no fraction: its own bound then holds for both."""
    highs = [finer(each, of.scale).high for each in (left, right) if each.bottom is None]
    return min([of.high, *(max(high, 0) * of.most for high in highs)])


def greatest(left: Exact, right: Exact) -> Exact:
    """Return the larger of two; null where either is null."""
    left, right = finer(left, right.scale), finer(right, left.scale)
    if left.bottom is None and right.bottom is None and (left.constant or right.constant):
        if left.constant:
            left, right = right, left
        return replace(
            left,
            top=left.top.clip(lower_bound=right.top),
            low=max(left.low, right.low),
            high=max(left.high, right.high),
            constant=False,
        )
    return negative(least(negative(left), negative(right)))


def decimals(value: pl.Expr, scale: int) -> pl.Expr:
    """Return a scaled whole number as Decimal(38, 10), for people and for storage."""
    unit = pl.lit(Decimal(1).scaleb(-scale), dtype=pl.Decimal(38, 10))
    return value.cast(pl.Decimal(38, 0)) * unit
