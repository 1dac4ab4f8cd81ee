"""Tables of two and three dimensions → exact columns: a place on each axis, then the cell there."""

from __future__ import annotations

from functools import reduce

import polars as pl

from engine.columns import exact
from engine.columns.exact import INT, Exact
from engine.columns.formulas import Lookup, labels, number, value
from engine.columns.values import Label, Numeric
from engine.language.wording import spell
from engine.model import Axis, GridTable

PLACE = pl.Int64()


def placed_in_grid(table: GridTable, lookup: Lookup) -> Numeric:
    """Return the cell; null where an axis is null or has none of its labels."""
    at = pl.lit(0, dtype=PLACE)
    for axis in table.grid:
        at = at * axis.size + _place(axis, lookup)
    cells = [exact.literal(each) for each in table.values]
    scale = max(each.scale for each in cells)
    raw = [exact.finer(each, scale).low for each in cells]
    return Numeric(
        Exact(pl.lit(pl.Series(raw, dtype=INT)).gather(at), min(raw), max(raw), scale), None
    )


def _place(axis: Axis, lookup: Lookup) -> pl.Expr:
    """Count from 0 the band or the label that a row is in."""
    if axis.labels:
        found = value(axis.of, lookup)
        labels(found, axis.labels, spell(axis.of))
        assert isinstance(found, Label)
        return found.column.replace_strict(
            list(axis.labels), list(range(axis.size)), default=None, return_dtype=PLACE
        )
    of, sign = number(axis.of, lookup).exact, ">=" if axis.bound == "from" else ">"
    reached = (exact.compare(sign, of, exact.literal(edge)).cast(PLACE) for edge in axis.edges)
    return reduce(lambda left, right: left + right, reached)
