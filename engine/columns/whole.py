"""Columns of whole numbers with proven bounds: 64 bits where those suffice, 128 where not.

Polars' integers wrap silently, so every operation proves its bounds first: beyond 127 bits it is
``TooLarge``, beyond 63 an operand is widened before the operation. A column may be wider than its
bounds ask for, never narrower.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

LIMIT = 2**126
NARROW_LIMIT = 2**62
INT = pl.Int128()
NARROW = pl.Int64()


class TooLarge(ArithmeticError):  # noqa: N818 (it says what the number is)
    """A value whose bounds no longer fit; the policy must round or bound something first."""


def is_wide(low: int, high: int) -> bool:
    return low <= -NARROW_LIMIT or high >= NARROW_LIMIT


def width(low: int, high: int) -> pl.DataType:
    """Return the type that holds ``low`` to ``high``."""
    return INT if is_wide(low, high) else NARROW


@lru_cache(maxsize=10_000)
def literal(value: int) -> pl.Expr:
    return pl.lit(value, dtype=width(value, value))


@dataclass(frozen=True, slots=True)
class Whole:
    """``low <= column <= high`` in every row that is not null; ``constant``: a literal."""

    column: pl.Expr
    low: int
    high: int
    constant: bool = False

    def __post_init__(self) -> None:
        if self.low <= -LIMIT or self.high >= LIMIT:
            raise TooLarge

    @property
    def wide(self) -> bool:
        return is_wide(self.low, self.high)

    def within(self, low: int, high: int) -> pl.Expr:
        """Return the column wide enough to compute a result within ``low`` to ``high``."""
        return self.column.cast(INT) if is_wide(low, high) and not self.wide else self.column

    def plus(self, other: Whole) -> Whole:
        low, high = self.low + other.low, self.high + other.high
        return Whole(self.within(low, high) + other.within(low, high), low, high)

    def times(self, other: Whole) -> Whole:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        low, high = min(corners), max(corners)
        if self.constant and other.constant:
            return number(low)
        return Whole(self.within(low, high) * other.within(low, high), low, high)

    def scaled(self, factor: int) -> Whole:
        return self if factor == 1 else self.times(number(factor))

    def negated(self) -> Whole:
        return Whole(literal(0) - self.column, -self.high, -self.low)

    def size(self) -> Whole:
        """Return the value without its sign."""
        if self.low >= 0:
            return self
        return Whole(self.column.abs(), 0, max(-self.low, self.high, 0))

    def over(self, divisor: Whole) -> Whole:
        """Divide by a positive column, rounding down."""
        low = self.low // (divisor.low if self.low < 0 else divisor.high)
        high = self.high // (divisor.high if self.high < 0 else divisor.low)
        found = self.column // divisor.column
        wider = self.wide or divisor.wide
        return Whole(found.cast(NARROW) if wider and not is_wide(low, high) else found, low, high)


def number(value: int) -> Whole:
    return Whole(literal(value), value, value, constant=True)
