"""The cells of a table of two or three dimensions, under the bands and labels of its axes."""

from __future__ import annotations

from collections.abc import Iterator

from engine.reader import Node, Path
from engine.sheets.parts import Field, Grid, Line, child, text
from engine.tables.words import SIGNS
from engine.telling import terms
from engine.telling.terms import Term

# A row of cells is copied and taken out with its band; the axis says how many there must be.
ROW = ("copy", "remove")


def planes(path: Path, called: Term, table: Node) -> Iterator[Grid]:
    """Give a grid for a table of two dimensions; for one of three, one a band of the first axis."""
    axes = [_steps(axis) for axis in (child(table, "grid") or table).items or ()]
    values = child(table, "values")
    found = [(path, values)]
    if len(axes) < 2:
        return
    if len(axes) == 3 and values is not None:
        found = [((*path, place), plane) for place, plane in enumerate(values.items or ())]
    for at, plane in found:
        lines = tuple(
            Line(
                terms.given(axes[-2][number]) if number < len(axes[-2]) else terms.row(number + 1),
                tuple(
                    Field(
                        (*at, number, place), terms.given(step), text(child(row, place)), "number"
                    )
                    for place, step in enumerate(axes[-1])
                ),
                (*at, number),
                ROW,
            )
            for number, row in enumerate((plane.items if plane else None) or ())
        )
        if lines:
            yield Grid(tuple(map(terms.given, axes[-1])), lines, called, path=at)


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
