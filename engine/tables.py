"""Tables → exact columns: steps, interpolation, marginal and whole-amount tiers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from itertools import pairwise

import polars as pl

from engine import exact
from engine.exact import Exact
from engine.model import Row, Table


def looked_up(table: Table, of: Exact) -> Exact:
    """Return the table's value for ``of``; null where ``of`` is null."""
    return _KINDS[table.kind](table.rows, of)


def _steps(rows: tuple[Row, ...], of: Exact) -> Exact:
    """Each row from its edge upwards; the last is open below."""
    return _first(rows, of, ">=", lambda row: exact.literal(row.value))


def _whole(rows: tuple[Row, ...], of: Exact) -> Exact:
    """All of it at the rate of the band reached; an edge belongs to the band that it ends."""
    return _first(rows, of, "<=", lambda row: exact.multiply(of, exact.literal(row.value)))


def _first(rows: tuple[Row, ...], of: Exact, sign: str, worth: Callable[[Row], Exact]) -> Exact:
    result = worth(rows[-1])
    for row in reversed(rows[:-1]):
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


def _marginal(rows: tuple[Row, ...], of: Exact) -> Exact:
    """Each slice of the amount at its own rate; what is at or below zero earns nothing."""
    below, parts = exact.literal(Decimal(0)), []
    for row in rows:
        reached = exact.greatest(of, below)
        edge = below
        if row.edge is not None:
            edge = exact.literal(row.edge)
            reached = exact.least(reached, edge)
        slice_ = exact.add(reached, exact.negative(below))
        parts.append(exact.multiply(slice_, exact.literal(row.value)))
        below = edge
    return reduce(exact.add, parts)


def _interpolate(rows: tuple[Row, ...], of: Exact) -> Exact:
    """A line through the points, flat before the first and after the last."""
    result = exact.literal(rows[-1].value)
    for first, second in reversed(list(pairwise(rows))):
        assert first.edge is not None
        assert second.edge is not None
        inside = exact.least(
            exact.greatest(of, exact.literal(first.edge)), exact.literal(second.edge)
        )
        run = exact.add(inside, exact.literal(-first.edge))
        rise = exact.literal(second.value - first.value)
        slope = exact.divide(exact.multiply(run, rise), exact.literal(second.edge - first.edge))
        line = exact.add(exact.literal(first.value), slope)
        result = exact.choose(exact.compare("<=", of, exact.literal(second.edge)), line, result)
    return _known(result, of)


_KINDS: dict[str, Callable[[tuple[Row, ...], Exact], Exact]] = {
    "steps": _steps,
    "whole": _whole,
    "marginal": _marginal,
    "interpolate": _interpolate,
}
