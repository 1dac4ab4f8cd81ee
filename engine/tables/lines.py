"""Interpolation between points that are named figures → exact columns."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import pairwise

from engine.columns import exact
from engine.columns.exact import Exact
from engine.columns.formulas import Lookup, number
from engine.columns.values import Numeric, same
from engine.model import LineTable

ZERO = exact.literal(Decimal(0))


def interpolated(table: LineTable, lookup: Lookup) -> Numeric:
    """Return the line's value at ``of``; null where ``of`` or a point that it needs is null."""
    of = number(table.of, lookup)
    edges = [number(point.edge, lookup) for point in table.points]
    values = [number(point.value, lookup) for point in table.points]
    reduce(same, (each.dimension for each in (of, *edges)))
    before = number(table.before, lookup) if table.before is not None else values[0]
    unit = reduce(same, (each.dimension for each in (before, *values)))
    # Turned over, points that go down go up.
    turned = [exact.negative(each.exact) if table.falling else each.exact for each in (of, *edges)]
    at, points = turned[0], list(zip(turned[1:], (each.exact for each in values), strict=True))
    result = points[-1][1]
    for first, second in reversed(list(pairwise(points))):
        reached = exact.compare("<=", at, second[0])
        result = exact.choose(reached, _between(at, first, second), result)
    found = exact.choose(exact.compare("<", at, points[0][0]), before.exact, result)
    return Numeric(found, unit, _span([before.exact, *(value for _, value in points)]))


def _span(values: list[Exact]) -> tuple[Fraction, Fraction] | None:
    """Bound the line: it lies between the lowest and the highest of its points."""
    if any(each.bottom is not None for each in values):
        return None
    ends = [Fraction(end, 10**each.scale) for each in values for end in (each.low, each.high)]
    return min(ends), max(ends)


def _between(at: Exact, first: tuple[Exact, Exact], second: tuple[Exact, Exact]) -> Exact:
    """The line from the first point to the second; the second's value where they fall together."""
    (edge, value), (end, last) = first, second
    width = exact.add(end, exact.negative(edge))
    rise = exact.add(last, exact.negative(value))
    run = exact.multiply(exact.add(at, exact.negative(edge)), rise)
    line = exact.add(value, exact.divide(run, width, zero_is_null=True))
    return line if width.low > 0 else exact.choose(exact.compare(">", width, ZERO), line, last)
