"""Tables in words: kind, rows and what is looked up, with names or numbers in the formulas."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.errors import N_
from engine.language.expression import Binary, Call, Expression, Number
from engine.language.wording import spell
from engine.model import (
    AnyTable,
    Axis,
    DecisionRow,
    DecisionTable,
    GridTable,
    LineTable,
    Row,
    Table,
    UnitTable,
)
from engine.plain import plain_number

Put = Callable[[str], str]
Say = Callable[..., str]

KINDS = {
    "steps": N_("steps"),
    "interpolate": N_("interpolate"),
    "marginal": N_("marginal"),
    "whole": N_("whole"),
    "cliff": N_("cliff"),
}
HITS = {
    "first": N_("first row that holds"),
    "unique": N_("only row that holds"),
    "sum": N_("sum of the rows that hold"),
    "max": N_("largest of the rows that hold"),
    "min": N_("smallest of the rows that hold"),
    "count": N_("number of rows that hold"),
}
SIGNS = {"from": "≥ ", "above": "> ", "to": "≤ ", "below": "< "}


def tabled(table: AnyTable, put: Put = str, say: Say = str.format) -> str:
    """Return the table in one line; ``put`` words each name in its formulas."""
    match table:
        case Table():
            return _tiers(table, put, say)
        case LineTable():
            return _line(table, put, say)
        case UnitTable():
            return spell(_units(table), put, say)
        case GridTable():
            axes = "; ".join(_axis(axis, put, say) for axis in table.grid)
            return f"{say(N_('table'))}[{axes}]({_cells(table)})"
        case DecisionTable():
            rows = "; ".join(_row(row, put, say) for row in table.rows)
            return f"{say(HITS[table.collect or table.hit])}[{rows}]"


def edged(row: Row, bound: str | None) -> str:
    """Return a row's edge; its sign is written where it is not the usual one of the kind."""
    if row.edge is None:
        return "…"
    return f"{SIGNS[bound] if bound else ''}{plain_number(row.edge)}"


def _tiers(table: Table, put: Put, say: Say) -> str:
    rows = ", ".join(f"{edged(row, table.bound)}: {plain_number(row.value)}" for row in table.rows)
    of = spell(table.of, put, say)
    if table.above is not None:
        of = say(N_("{of} over {above}"), of=of, above=spell(table.above, put, say))
    if table.after is not None:
        of = say(N_("{of} on top of {after}"), of=of, after=spell(table.after, put, say))
    return f"{say(KINDS[table.kind])}[{rows}]({of})"


def _line(table: LineTable, put: Put, say: Say) -> str:
    def worded(formula: Expression) -> str:
        return spell(formula, put, say)

    points = [f"{worded(each.edge)}: {worded(each.value)}" for each in table.points]
    if table.before is not None:
        sign = ">" if table.falling else "<"
        points.insert(0, f"{sign} {worded(table.points[0].edge)}: {worded(table.before)}")
    return f"{say(KINDS['interpolate'])}[{', '.join(points)}]({worded(table.of)})"


def _units(table: UnitTable) -> Expression:
    """Write out: start ± each × units."""
    units: Expression = Call("max", (table.of, Number(Decimal(0), "0")))
    if table.per != 1:
        units = Binary("/", units, _number(table.per))
    if table.whole:
        units = Call("floor", (units,))
    points = Binary("*", units, _number(abs(table.each)))
    return Binary("-" if table.each < 0 else "+", _number(table.start), points)


def _number(value: Decimal) -> Expression:
    return Number(value, plain_number(value))


def _axis(axis: Axis, put: Put, say: Say) -> str:
    sign = "" if axis.labels else "≥ " if axis.bound == "from" else "> "
    steps = axis.labels or tuple(map(plain_number, axis.edges))
    return f"{spell(axis.of, put, say)}: {sign}{', '.join(steps)}"


def _cells(table: GridTable) -> str:
    """Write the cells as the last axis has them, one group after the other."""
    size, cells = table.grid[-1].size, [plain_number(each) for each in table.values]
    return "; ".join(", ".join(cells[at : at + size]) for at in range(0, len(cells), size))


def _row(row: DecisionRow, put: Put, say: Say) -> str:
    when = say(N_("otherwise")) if row.when is None else spell(row.when, put, say)
    return when if row.value is None else f"{when} → {spell(row.value, put, say)}"
