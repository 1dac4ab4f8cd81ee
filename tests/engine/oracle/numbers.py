"""Exact numbers as the rules speak of them: Fractions, and None for what is not applicable."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import floor

Worth = Fraction | None


def half_up(value: Worth, digits: int) -> Worth:
    """Round half away from zero."""
    return None if value is None else to_multiple(value, Fraction(1, 10**digits))


def to_multiple(value: Fraction, step: Fraction) -> Fraction:
    """Round half away from zero to a multiple of ``step``."""
    whole = floor(abs(value) / step + Fraction(1, 2))
    return step * (whole if value >= 0 else -whole)


def divided(top: Worth, bottom: Worth, zero: Worth) -> Worth:
    if top is None or bottom is None:
        return None
    return top / bottom if bottom else zero


def bounded(value: Worth, low: Decimal | None, high: Decimal | None) -> Worth:
    if value is None:
        return None
    if high is not None:
        value = min(value, Fraction(high))
    return value if low is None else max(value, Fraction(low))


def mean(terms: Iterable[tuple[Worth, Fraction]]) -> Worth:
    """Weigh what is known; the others' weight is shared out."""
    known = [(value, weight) for value, weight in terms if value is not None]
    weights = sum((weight for _, weight in known), Fraction(0))
    whole = sum((value * weight for value, weight in known), Fraction(0))
    return whole / weights if weights else None
