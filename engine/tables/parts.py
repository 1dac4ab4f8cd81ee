"""The formulas in a table: where each stands in the file, and the table with them changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.language.expression import Expression
from engine.model import AnyTable, DecisionTable, GridTable, LineTable, Table, UnitTable
from engine.reader import Path

Change = Callable[[Expression], Expression]


def placed(table: AnyTable) -> Iterator[tuple[Path, Expression]]:
    """Give every formula with its path below the table."""
    match table:
        case Table():
            found = [(("of",), table.of), (("above",), table.above), (("after",), table.after)]
            yield from ((path, formula) for path, formula in found if formula is not None)
        case LineTable():
            yield ("of",), table.of
            for place, point in enumerate(table.points):
                yield ("interpolate", place, 0), point.edge
                yield ("interpolate", place, 1), point.value
            if table.before is not None:
                yield ("before",), table.before
        case UnitTable():
            yield ("of",), table.of
        case GridTable():
            yield from ((("grid", place, "of"), axis.of) for place, axis in enumerate(table.grid))
        case DecisionTable():
            for place, row in enumerate(table.rows):
                if row.when is not None:
                    yield ("rows", place, "when"), row.when
                if row.value is not None:
                    yield ("rows", place, "value"), row.value


def formulas(table: AnyTable) -> tuple[Expression, ...]:
    """Give every formula of a table, in the order of writing."""
    return tuple(formula for _, formula in placed(table))


def changed(table: AnyTable, change: Change) -> AnyTable:
    """Return the table with ``change`` applied to each of its formulas."""

    def given(formula: Expression | None) -> Expression | None:
        return None if formula is None else change(formula)

    match table:
        case Table():
            return replace(
                table, of=change(table.of), above=given(table.above), after=given(table.after)
            )
        case LineTable():
            points = tuple(
                replace(each, edge=change(each.edge), value=change(each.value))
                for each in table.points
            )
            return replace(table, of=change(table.of), points=points, before=given(table.before))
        case UnitTable():
            return replace(table, of=change(table.of))
        case GridTable():
            return replace(
                table, grid=tuple(replace(axis, of=change(axis.of)) for axis in table.grid)
            )
        case DecisionTable():
            rows = tuple(
                replace(row, when=given(row.when), value=given(row.value)) for row in table.rows
            )
            return replace(table, rows=rows)
