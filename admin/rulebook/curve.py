"""A scoring table as a small drawing: coordinates only, the page's style sheet does the rest."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.language.expression import number
from engine.sheets.parts import Field, Grid, Line

WIDTH, HEIGHT, MARGIN = 340, 96, 6
Point = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Curve:
    """``path`` is the line, as SVG's points; ``marks`` are where the table has its rows."""

    path: str
    marks: tuple[tuple[int, int], ...]


def curve(grid: Grid) -> Curve | None:
    """Return the drawing of a table; None while a figure of it is missing or no number."""
    try:
        rows = [_row(line) for line in grid.lines]
    except ValueError:
        return None
    edges = [edge for edge, _ in rows if edge is not None]
    if not edges or (grid.kind == "interpolate" and len(edges) < 2):
        return None
    span = max(edges) - min(edges) or abs(edges[0]) or Decimal(1)
    least, most = min(edges) - span / 4, max(edges) + span / 4
    if grid.kind == "interpolate":
        line = _line(rows, least, most)
    else:
        line = _steps(rows, least, most, falling=grid.edge in {"from", "above"})
    top = max(*(y for _, y in line), Decimal(0)) or Decimal(1)
    bottom = min(*(y for _, y in line), Decimal(0))

    def place(point: Point) -> tuple[int, int]:
        across = (point[0] - least) / (most - least) * (WIDTH - 2 * MARGIN)
        up = (point[1] - bottom) / (top - bottom) * (HEIGHT - 2 * MARGIN)
        return MARGIN + int(across), HEIGHT - MARGIN - int(up)

    drawn = [place(point) for point in line]
    marks = [place((edge, value)) for edge, value in rows if edge is not None]
    return Curve(" ".join(f"{x},{y}" for x, y in drawn), tuple(marks))


def _row(line: Line) -> tuple[Decimal | None, Decimal]:
    edge, value = (cell.value if isinstance(cell, Field) else "" for cell in line.cells)
    return (number(edge) if edge else None), number(value)


def _line(rows: list[tuple[Decimal | None, Decimal]], least: Decimal, most: Decimal) -> list[Point]:
    points = sorted((edge, value) for edge, value in rows if edge is not None)
    return [(least, points[0][1]), *points, (most, points[-1][1])]


def _steps(
    rows: list[tuple[Decimal | None, Decimal]], least: Decimal, most: Decimal, falling: bool
) -> list[Point]:
    """Return the corners of the steps from the left; the row without an edge is the open end."""
    bands = list(reversed(rows)) if falling else rows
    edges = [least, *(edge for edge, _ in bands if edge is not None), most]
    return [
        (edge, value)
        for (_, value), *ends in zip(bands, edges, edges[1:], strict=False)
        for edge in ends
    ]
