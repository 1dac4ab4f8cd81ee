"""What a table gives, worked out from the language's rules on Fractions; None: not applicable.

``value`` works out a formula or condition for the person whose row it is.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

from engine.language.expression import Expression
from engine.model import AnyTable, Axis, DecisionTable, GridTable, LineTable, Table, UnitTable
from tests.engine.oracle.numbers import Worth

Value = Callable[[Expression], Any]
LATER = {
    "from": lambda of, edge: of >= edge,
    "above": lambda of, edge: of > edge,
    "to": lambda of, edge: of <= edge,
    "below": lambda of, edge: of < edge,
}


def looked_up(table: AnyTable, value: Value) -> Worth:
    match table:
        case LineTable():
            return on_line(table, value)
        case UnitTable():
            of = value(table.of)
            units = None if of is None else max(of, Fraction(0)) / Fraction(table.per)
            units = floor(units) if table.whole and units is not None else units
            return None if units is None else Fraction(table.start) + units * Fraction(table.each)
        case GridTable():
            return in_grid(table, value)
        case DecisionTable():
            return decided(table, value)
        case Table():
            of = value(table.of)
            return None if of is None else in_rows(table, of, value)


def in_rows(table: Table, of: Fraction, value: Value) -> Worth:
    if table.kind == "interpolate":
        points: list[tuple[Worth, Worth]] = [
            (Fraction(row.edge or 0), Fraction(row.value)) for row in table.rows
        ]
        return between(of, points, points[0][1])
    if table.kind == "marginal":
        after = Fraction(0) if table.after is None else value(table.after)
        return None if after is None else earned(table, after + of) - earned(table, after)
    holds = LATER[table.bound or ("from" if table.kind == "steps" else "to")]
    rate = Fraction(
        next(row.value for row in table.rows if row.edge is None or holds(of, row.edge))
    )
    if table.kind == "cliff":
        assert table.above is not None
        above = value(table.above)
        return None if above is None else max(of - above, Fraction(0)) * rate
    return rate if table.kind == "steps" else of * rate


def earned(table: Table, of: Fraction) -> Fraction:
    """Each unit of money at the rate of the slice that it lies in."""
    edges = sorted(Fraction(row.edge) for row in table.rows if row.edge is not None)
    rates = [Fraction(row.value) for row in table.rows]
    slices = rates if table.bound is None else rates[::-1]
    starts = [Fraction(0), *edges]
    total = Fraction(0)
    for place, rate in enumerate(slices):
        end = edges[place] if place < len(edges) else of
        total += max(min(of, end) - starts[place], Fraction(0)) * rate
    return total


def between(of: Fraction, points: list[tuple[Worth, Worth]], before: Worth) -> Worth:
    """Go from point to point; only what is needed on the way has to be known."""
    if points[0][0] is None or of < points[0][0]:
        return None if points[0][0] is None else before
    for (x, y), (far, up) in pairwise(points):
        if far is None or x is None:
            return None
        if of <= far:
            if far <= x or up is None or y is None:
                return up if far <= x else None
            return y + (of - x) * (up - y) / (far - x)
    return points[-1][1]


def on_line(table: LineTable, value: Value) -> Worth:
    of, turn = value(table.of), -1 if table.falling else 1
    points = [(value(point.edge), value(point.value)) for point in table.points]
    before = points[0][1] if table.before is None else value(table.before)
    turned = [(None if x is None else x * turn, y) for x, y in points]
    return None if of is None else between(of * turn, turned, before)


def in_grid(table: GridTable, value: Value) -> Worth:
    cells = list(table.values)
    for axis in table.grid:
        place = on_axis(axis, value(axis.of))
        if place is None:
            return None
        share = len(cells) // axis.size
        cells = cells[place * share : (place + 1) * share]
    return Fraction(cells[0])


def on_axis(axis: Axis, of: Any) -> int | None:
    if of is None or (axis.labels and of not in axis.labels):
        return None
    if axis.labels:
        return axis.labels.index(of)
    return sum(of >= edge if axis.bound == "from" else of > edge for edge in axis.edges)


def decided(table: DecisionTable, value: Value) -> Worth:
    held = [row for row in table.rows if row.when is not None and value(row.when) is True]
    rest = [row for row in table.rows if row.when is None]
    if table.collect == "count":
        return Fraction(len(held))
    if not held and not rest:
        return Fraction(0) if table.collect == "sum" else None
    given = [value(row.value) for row in (held or rest) if row.value is not None]
    if table.hit == "first":
        return given[0]  # type: ignore[no-any-return]
    if table.hit == "unique":
        return given[0] if len(given) == 1 else None
    if None in given:
        return None
    return {"sum": sum(given, Fraction(0)), "max": max(given), "min": min(given)}[
        str(table.collect)
    ]
