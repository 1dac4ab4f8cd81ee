"""Tables on the form: rows with their edges, cells of a grid, the figures of a form of scoring."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import N_
from engine.reader import Node, Path
from engine.sheets.parts import Field, Grid, Line, child, entries, field, named
from engine.tables.words import SIGNS
from engine.telling import terms
from engine.telling.terms import Term

# A table's kind: the key of a row's edge where the rows name none; a point is a pair.
EDGES = {"steps": "from", "marginal": "to", "whole": "to", "cliff": "to", "interpolate": ""}
# The figures of the forms that scoring may have instead of a table.
ANCHORS = ("threshold", "target", "stretch")
FORMS = ("anchors", "start", "each", "reached", "missed", "at")
# The formulas of a decision table's row.
DECISION = (("when", N_("row {number}: when")), ("value", N_("row {number}: gives")))
_EDGES = {
    "from": terms.part("start"),
    "above": terms.part("above"),
    "to": terms.term(N_("Up to and with")),
    "below": terms.term(N_("Below")),
}


def tables(root: Node, section: str, key: str) -> Iterator[Grid]:
    """Give a grid for every table of a section: a line a row, its edge and its value."""
    for code, entry in entries(root, section):
        table = child(entry, key)
        for kind in EDGES:
            rows = child(table, kind)
            if rows is not None and rows.items:
                path: Path = (section, code, key, kind)
                edge = _edge(kind, rows.items)
                lines = [_row((*path, n), edge, row, n) for n, row in enumerate(rows.items)]
                columns = tuple(cell.label for cell in lines[0].cells if isinstance(cell, Field))
                yield Grid(columns, tuple(lines), named(entry, str(code)), kind, path, edge)
        if table is not None and child(table, "values") is not None:
            yield from _cells(entry, (section, code, key, "values"), table)
        if table is not None and (figures := _form(table, (section, code, key))):
            columns = tuple(each.label for each in figures)
            line = Line(named(entry, str(code)), figures)
            yield Grid(columns, (line,), named(entry, str(code)), path=(section, code, key))


def _form(table: Node, path: Path) -> tuple[Field, ...]:
    """Give the figures of a form of scoring: points at anchors, for each unit, all or nothing."""
    anchors, own = child(table, "anchors"), any(child(table, key) for key in FORMS)
    found = [((*path, "anchors", key), key, child(anchors, key)) for key in ANCHORS]
    found += [((*path, key), key, child(table, key)) for key in (*FORMS, "below", "per") if own]
    return tuple(
        field(at, terms.part(key, "scoring"), node)
        for at, key, node in found
        if node is not None and node.text is not None
    )


def table_formulas(path: Path, table: Node) -> Iterator[tuple[Path, Term, Node]]:
    """Give the formulas of a table that stand beside its figures, each with what it is called."""
    for key in ("above", "after", "before", "over", "under"):
        if (node := child(table, key)) is not None:
            yield (*path, key), terms.part(key, "scoring"), node
    rows = child(table, "rows")
    for place, row in enumerate((rows.items if rows else None) or ()):
        for key, label in DECISION:
            if (node := child(row, key)) is not None:
                yield (*path, "rows", place, key), terms.term(label, number=place + 1), node


def _cells(entry: Node, path: Path, table: Node) -> Iterator[Grid]:
    """Give a grid for a table of two dimensions; for one of three, one a band of the first axis."""
    axes = [_steps(axis) for axis in (child(table, "grid") or table).items or ()]
    values = child(table, "values")
    planes = [(path, values)]
    if len(axes) == 3 and values is not None:
        planes = [((*path, n), plane) for n, plane in enumerate(values.items or ())]
    for at, plane in planes:
        lines = tuple(
            Line(
                terms.given(axes[-2][n]) if n < len(axes[-2]) else terms.row(n + 1),
                tuple(
                    field((*at, n, place), terms.given(step), child(row, place))
                    for place, step in enumerate(axes[-1])
                ),
            )
            for n, row in enumerate((plane.items if plane else None) or ())
        )
        if lines:
            columns = tuple(map(terms.given, axes[-1]))
            yield Grid(columns, lines, named(entry, str(path[1])), path=at)


def _steps(axis: Node) -> list[str]:
    """Name the bands or labels of an axis."""
    if labels := child(axis, "labels"):
        return [each.text or "" for each in labels.items or ()]
    sign, edges = next(
        ((sign, node.items or []) for word, sign in SIGNS.items() if (node := child(axis, word))),
        ("", []),
    )
    texts = [each.text or "" for each in edges]
    if sign in {"≤ ", "< "}:
        return [*(f"{sign}{text}" for text in texts), "…"]
    return ["…", *(f"{sign}{text}" for text in texts)]


def _edge(kind: str, rows: list[Node]) -> str:
    """Return the word that the rows have for their edge."""
    if kind == "interpolate":
        return ""
    return next((word for row in rows for word in _EDGES if child(row, word)), EDGES[kind])


def _row(path: Path, edge: str, row: Node, number: int) -> Line:
    label = terms.row(number + 1)
    if row.items is not None:
        pair = zip(
            (terms.term(N_("Value looked up")), terms.part("points")), row.items, strict=False
        )
        return Line(label, tuple(field((*path, n), *each) for n, each in enumerate(pair)))
    value = next((key for key in ("points", "rate", "value") if child(row, key)), "value")
    return Line(
        label,
        (
            field((*path, edge), _EDGES[edge], child(row, edge)),
            field((*path, value), terms.part(value), child(row, value)),
        ),
    )
