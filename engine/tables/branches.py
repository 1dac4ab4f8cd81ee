"""When a table's rows and cells are reached, in the policy's own language, by kind of table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from engine.forms.shared import literal
from engine.language.expression import Binary, Compare, Either, Every, Expression, Member, Not
from engine.model import AnyTable, Axis, DecisionTable, GridTable, LineTable, Table
from engine.reader import Path
from engine.tables.bands import SIGNS, bound

_PAST = {">=": "<", ">": "<=", "<=": ">", "<": ">="}


def reached(table: AnyTable) -> Iterator[tuple[Path, Expression]]:
    """Give each row or cell with its path below the table; none for one that takes everything."""
    match table:
        case Table():
            of = table.of if table.after is None else Binary("+", table.after, table.of)
            edges = [None if row.edge is None else literal(row.edge) for row in table.rows]
            for place, when in _bands(of, edges, SIGNS[bound(table)]):
                yield (table.kind, place), when
        case LineTable():
            sign = ">=" if table.falling else "<="
            points = [point.edge for point in table.points]
            for place, when in _bands(table.of, points, sign):
                yield ("interpolate", place), when
        case GridTable():
            yield from _cells(table)
        case DecisionTable():
            yield from _decided(table)
        case _:
            return


def _bands(
    of: Expression, edges: Sequence[Expression | None], into: str
) -> Iterator[tuple[int, Expression]]:
    """Give, for each row, when a value falls into it and into none before it."""
    before: Expression | None = None
    for place, edge in enumerate(edges):
        here = None if edge is None else Compare(into, of, edge)
        terms = tuple(each for each in (before, here) if each is not None)
        if terms:
            yield place, all_of(terms)
        before = None if edge is None else Compare(_PAST[into], of, edge)


def _cells(table: GridTable) -> Iterator[tuple[Path, Expression]]:
    for cell in product(*(list(enumerate(_steps(axis))) for axis in table.grid)):
        places, terms = zip(*cell, strict=True)
        yield ("values", *places), all_of(terms)


def _steps(axis: Axis) -> list[Expression]:
    if axis.labels:
        return [Member(axis.of, (label,)) for label in axis.labels]
    up, down = (">=", "<") if axis.bound == "from" else (">", "<=")
    edges = [literal(edge) for edge in axis.edges]
    between = (
        Every((Compare(up, axis.of, low), Compare(down, axis.of, high)))
        for low, high in pairwise(edges)
    )
    return [Compare(down, axis.of, edges[0]), *between, Compare(up, axis.of, edges[-1])]


def _decided(table: DecisionTable) -> Iterator[tuple[Path, Expression]]:
    """Where the first row counts, the rows before one take what they hold for."""
    before: list[Expression] = []
    for place, row in enumerate(table.rows):
        taken = before if table.hit == "first" or row.when is None else []
        own = () if row.when is None else (row.when,)
        rest = (Not(any_of(taken)),) if taken else ()
        if own or rest:
            yield ("rows", place), all_of((*own, *rest))
        before += own


def all_of(terms: Sequence[Expression]) -> Expression:
    return terms[0] if len(terms) == 1 else Every(tuple(terms))


def any_of(terms: Sequence[Expression]) -> Expression:
    return terms[0] if len(terms) == 1 else Either(tuple(terms))
