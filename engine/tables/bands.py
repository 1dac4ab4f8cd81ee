"""Tables → exact columns: bands, cliffs, marginal tiers, lines; other kinds have their files."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import lcm

import polars as pl

from engine.columns import exact
from engine.columns.exact import Exact
from engine.columns.formulas import Lookup, number
from engine.columns.values import Numeric, same
from engine.model import AnyTable, DecisionTable, GridTable, LineTable, Row, Table, UnitTable
from engine.tables.decisions import decided
from engine.tables.grids import placed_in_grid
from engine.tables.lines import interpolated

ZERO = exact.literal(Decimal(0))
# A row holds where its input is … the edge.
SIGNS = {"from": ">=", "above": ">", "to": "<=", "below": "<"}


def looked_up(table: AnyTable, lookup: Lookup) -> Numeric:
    """Return the table's value; null where what it is looked up by is null."""
    match table:
        case Table():
            return _KINDS[table.kind](table, number(table.of, lookup), lookup)
        case UnitTable():
            return _units(table, number(table.of, lookup))
        case LineTable():
            return interpolated(table, lookup)
        case GridTable():
            return placed_in_grid(table, lookup)
        case DecisionTable():
            return decided(table, lookup)


def _units(table: UnitTable, of: Numeric) -> Numeric:
    """So much for each unit, whole ones only where the table says so, none below zero."""
    units = exact.divide(exact.greatest(of.exact, ZERO), exact.literal(table.per))
    units = exact.floor(units) if table.whole else units
    worth = exact.multiply(units, exact.literal(table.each))
    return Numeric(exact.add(exact.literal(table.start), worth), None)


def bound(table: Table) -> str:
    """Return the word that the table's edges are written with."""
    return table.bound or ("from" if table.kind == "steps" else "to")


def _steps(table: Table, of: Numeric, _: Lookup) -> Numeric:
    return Numeric(_first(table, of.exact, lambda row: exact.literal(row.value)), None)


def _whole(table: Table, of: Numeric, _: Lookup) -> Numeric:
    """All of it at the rate of the band reached."""
    found = _first(table, of.exact, lambda row: _at_rate(of.exact, row))
    return Numeric(found, of.dimension)


def _cliff(table: Table, of: Numeric, lookup: Lookup) -> Numeric:
    """What is over ``above``, all of it at the rate of the band reached."""
    assert table.above is not None
    above = number(table.above, lookup)
    unit = same(of.dimension, above.dimension)
    over = exact.greatest(exact.add(of.exact, exact.negative(above.exact)), ZERO)
    return Numeric(_first(table, of.exact, lambda row: _at_rate(over, row)), unit)


def _at_rate(of: Exact, row: Row) -> Exact:
    return exact.multiply(of, exact.literal(row.value))


def _first(table: Table, of: Exact, worth: Callable[[Row], Exact]) -> Exact:
    """Give the first row whose edge holds; the last row is open."""
    sign, result = SIGNS[bound(table)], worth(table.rows[-1])
    for row in reversed(table.rows[:-1]):
        assert row.edge is not None
        result = exact.choose(exact.compare(sign, of, exact.literal(row.edge)), worth(row), result)
    return _known(result, of)


def _known(value: Exact, of: Exact) -> Exact:
    """Keep null where the input is null, even when every row has the same constant."""
    known = (
        of.top.is_not_null()
        if of.bottom is None
        else of.top.is_not_null() & of.bottom.is_not_null()
    )
    return Exact(
        pl.when(known).then(value.top), value.low, value.high, value.scale, value.bottom, value.most
    )


def _marginal(table: Table, of: Numeric, lookup: Lookup) -> Numeric:
    """Each slice of the amount at its own rate, beginning where ``after`` has already come to."""
    rows = _slices(table)
    if table.after is None:
        return Numeric(_earned(rows, of.exact), of.dimension)
    after = number(table.after, lookup)
    unit = same(of.dimension, after.dimension)
    before = exact.negative(_earned(rows, after.exact))
    return Numeric(exact.add(_earned(rows, exact.add(after.exact, of.exact)), before), unit)


def _slices(table: Table) -> tuple[Row, ...]:
    """Write rows that say where a slice begins as rows that say where it ends."""
    if bound(table) == "to":
        return table.rows
    edges = [row.edge for row in table.rows[:-1]]
    rates = [row.value for row in reversed(table.rows)]
    return tuple(map(Row, [*reversed(edges), None], rates))


def _earned(rows: tuple[Row, ...], of: Exact) -> Exact:
    """Each slice at its own rate; what is at or below zero earns nothing."""
    below, parts = ZERO, []
    for row in rows:
        reached = exact.greatest(of, below)
        edge = below
        if row.edge is not None:
            edge = exact.literal(row.edge)
            reached = exact.least(reached, edge)
        parts.append(_at_rate(exact.add(reached, exact.negative(below)), row))
        below = edge
    return reduce(exact.add, parts)


def _interpolate(table: Table, of: Numeric, _: Lookup) -> Numeric:
    """A line through the points, flat before the first and after the last.

    It is the first value and, of each stretch, as much as is reached at the stretch's slope.
    """
    stretches = [
        (first.edge or Decimal(0), second.edge or Decimal(0), second.value - first.value)
        for first, second in pairwise(table.rows)
    ]
    slopes = [Fraction(rise) / Fraction(end - start) for start, end, rise in stretches]
    whole = lcm(*(slope.denominator for slope in slopes))
    risen = ZERO
    for (start, end, _rise), slope in zip(stretches, slopes, strict=True):
        inside = exact.least(exact.greatest(of.exact, exact.literal(start)), exact.literal(end))
        run = exact.add(inside, exact.literal(-start))
        risen = exact.add(risen, exact.multiply(run, exact.literal(Decimal(int(slope * whole)))))
    line = exact.divide(risen, exact.literal(Decimal(whole)))
    values = [Fraction(row.value) for row in table.rows]
    result = exact.add(exact.literal(table.rows[0].value), line)
    return Numeric(result, None, (min(values), max(values)))


_KINDS: dict[str, Callable[[Table, Numeric, Lookup], Numeric]] = {
    "steps": _steps,
    "whole": _whole,
    "cliff": _cliff,
    "marginal": _marginal,
    "interpolate": _interpolate,
}
