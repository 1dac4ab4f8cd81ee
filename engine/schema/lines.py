"""Points to interpolate between, as they are written: numbers, or named figures."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.language.expression import NUMBER, Expression, Negative
from engine.language.expression import Number as Literal
from engine.schema.base import Part
from engine.schema.fields import Flag, Formula, Many, Number
from engine.schema.rows import refused
from engine.schema.said import wrong


class Coordinate(Formula):
    """A number within bounds, or a formula."""

    def read(self, value: Any) -> Any:
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            return literal(Number().deserialize(value), value.strip())
        return super().read(value)


class PointField(Many):
    """``[x, y]``: a point to interpolate between."""

    def read(self, value: Any) -> Any:
        pair = super().read(value)
        if len(pair) != 2:
            raise wrong("rules.point", N_("A point has two numbers."), N_("Write [3, 60]."))
        return model.Point(*pair)


class LinePart(Part):
    """``falling`` for named points where lower is better; numbers show their direction."""

    makes = model.LineTable
    of = Formula(required=True)
    points = Many(PointField(Coordinate()), least=2, data_key="interpolate", required=True)
    falling = Flag()
    before = Formula()

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        edges = [figure(point.edge) for point in data["points"]]
        known = [edge for edge in edges if edge is not None]
        falls = len(known) > 1 and known[0] > known[-1]
        if len(known) > 1 and data.get("falling", falls) != falls:
            raise wrong(
                "rules.line_falling",
                N_("`falling` says otherwise than the points."),
                N_("Leave it out where the points are numbers."),
            )
        for place, (first, second) in enumerate(pairwise(edges), 1):
            if first is None or second is None:
                continue
            if first == second or (first > second) != falls:
                raise refused(
                    "interpolate",
                    place,
                    "rules.table_order",
                    N_("The points are not in order: a value would be between two pairs of them."),
                    N_("Let all of them go up, or all of them go down."),
                )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        known = [
            each for each in (figure(point.edge) for point in data["points"]) if each is not None
        ]
        falls = len(known) > 1 and known[0] > known[-1]
        return {**data, "falling": data.get("falling", falls)}


def literal(value: Decimal, shown: str) -> Expression:
    """Return a number as a formula, which has its sign apart."""
    if value < 0:
        return Negative(Literal(-value, shown.lstrip("-")))
    return Literal(value, shown.lstrip("+"))


def figure(formula: Expression) -> Decimal | None:
    """Return the number that a formula plainly is."""
    match formula:
        case Literal():
            return formula.value
        case Negative(of=Literal() as number):
            return -number.value
        case _:
            return None


def simplest(line: model.LineTable) -> model.LineTable | model.Table:
    """Return a rising line between plain numbers as the table that it has always been."""
    pairs = [(figure(point.edge), figure(point.value)) for point in line.points]
    rows = tuple(
        model.Row(edge, value) for edge, value in pairs if edge is not None and value is not None
    )
    if len(rows) < len(pairs) or line.falling or line.before is not None:
        return line
    return model.Table(line.of, "interpolate", rows)
