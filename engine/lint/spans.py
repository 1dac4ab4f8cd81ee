"""Stretches of the number line, exactly: which values a condition lets through.

A cut lies just before or just after a number, so that open and closed ends are told apart
by ordinary comparison; a span lies between two cuts, and a set is disjoint spans in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from engine.plain import plain_number

Bound = Fraction | None


class Cut(NamedTuple):
    """``end`` is -1 and 1 for the ends of the line; ``after``: just past ``at``, else before."""

    end: int
    at: Fraction
    after: bool


class Span(NamedTuple):
    low: Cut
    high: Cut


Spans = tuple[Span, ...]
START, END = Cut(-1, Fraction(0), False), Cut(1, Fraction(0), False)
EVERYTHING: Spans = (Span(START, END),)


def before(at: Fraction) -> Cut:
    return Cut(0, at, False)


def after(at: Fraction) -> Cut:
    return Cut(0, at, True)


def compared(sign: str, at: Fraction) -> Spans:
    """Return the values ``v`` with ``v sign at``."""
    return {
        "<": (Span(START, before(at)),),
        "<=": (Span(START, after(at)),),
        ">": (Span(after(at), END),),
        ">=": (Span(before(at), END),),
        "==": (Span(before(at), after(at)),),
        "!=": (Span(START, before(at)), Span(after(at), END)),
    }[sign]


def between(low: Bound, high: Bound) -> Spans:
    """Return the values from ``low`` to ``high``, both with it; None: without an end."""
    return (Span(START if low is None else before(low), END if high is None else after(high)),)


def common(left: Spans, right: Spans) -> Spans:
    found = (
        Span(max(one.low, other.low), min(one.high, other.high)) for one in left for other in right
    )
    return tuple(sorted(span for span in found if span.low < span.high))


def united(spans: Iterable[Span]) -> Spans:
    """Return the union; spans that touch become one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.low <= found[-1].high:
            found[-1] = Span(found[-1].low, max(found[-1].high, span.high))
        else:
            found.append(span)
    return tuple(found)


def holes(spans: Iterable[Span]) -> Spans:
    """Return what the union leaves out between its first and its last value."""
    return tuple(Span(one.high, other.low) for one, other in pairwise(united(spans)))


def is_point(span: Span) -> bool:
    return span == Span(before(span.low.at), after(span.low.at)) and not span.low.end


def worded(span: Span) -> str:
    """Return a span as HR would write it: ``60``, ``> 60 … <= 80``, ``>= 100``."""
    if is_point(span):
        return number(span.low.at)
    low = "" if span.low.end else f"{'>' if span.low.after else '>='} {number(span.low.at)}"
    high = "" if span.high.end else f"{'<=' if span.high.after else '<'} {number(span.high.at)}"
    return " … ".join(part for part in (low, high) if part) or "…"


def number(value: Fraction) -> str:
    """Return a number as text: in full where it ends, else to six places."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return plain_number(round(exact, 6) if exact.as_tuple().exponent < -10 else exact)  # type: ignore[operator]
