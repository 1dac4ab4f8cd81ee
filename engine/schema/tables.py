"""Tables as they are written, and the scoring that may be one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import Part
from engine.schema.fields import Code, Formula, Many, Number, One, Text, Value, formula
from engine.schema.said import wrong


class RowPart(Part):
    makes = model.Row
    start = Number(data_key="from")
    to = Number()
    value = Number()
    rate = Number()
    points = Number()

    @validates_schema
    def _one_value(self, data: dict[str, Any], **_: Any) -> None:
        if len({"value", "rate", "points"} & set(data)) != 1 or {"start", "to"} <= set(data):
            raise wrong(
                "rules.row",
                N_("A row needs one of value, rate, points, and at most one of from, to."),
                N_("Write `from: 60, points: 80`, or `to: 100000, rate: 1%`."),
            )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        value = next(data[key] for key in ("value", "rate", "points") if key in data)
        return {"edge": data.get("start", data.get("to")), "value": value}


class Point(Many):
    """``[x, y]``: a point to interpolate between."""

    def read(self, value: Any) -> Any:
        pair = super().read(value)
        if len(pair) != 2:
            raise wrong("rules.point", N_("A point has two numbers."), N_("Write [3, 60]."))
        return model.Row(*pair)


class TablePart(Part):
    makes = model.Table
    of = Formula(required=True)
    steps = Many(One(RowPart))
    interpolate = Many(Point(Number()), least=2)
    marginal = Many(One(RowPart))
    whole = Many(One(RowPart))

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        kinds = [kind for kind in ("steps", "interpolate", "marginal", "whole") if kind in data]
        if len(kinds) != 1:
            raise wrong(
                "rules.table_kind",
                N_("A table is one of steps, interpolate, marginal, whole."),
                N_("Give exactly one of them."),
            )
        check_rows(kinds[0], data[kinds[0]])

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        kind = next(kind for kind in ("steps", "interpolate", "marginal", "whole") if kind in data)
        return {"of": data["of"], "kind": kind, "rows": data[kind]}


def check_rows(kind: str, rows: tuple[model.Row, ...]) -> None:
    """Refuse rows out of order, or without the one open end that leaves no value uncovered."""
    edges = [row.edge for row in rows]
    bounded = edges if kind == "interpolate" else edges[:-1]
    if kind != "interpolate" and edges[-1] is not None:
        raise ValidationError(
            {
                kind: {
                    len(rows) - 1: wrong(
                        "rules.table_gap",
                        N_("The last row leaves values uncovered."),
                        N_("Leave out its `from` or `to`: it then holds for all the rest."),
                    ).messages
                }
            }
        )
    for place, (first, second) in enumerate(pairwise(bounded), 1):
        falling = kind == "steps"
        if first is None or second is None or (first <= second if falling else first >= second):
            raise ValidationError(
                {
                    kind: {
                        place: wrong(
                            "rules.table_order",
                            N_("The rows are not in order: a value would be in two of them."),
                            N_("steps go down from the highest `from`; the others go up."),
                        ).messages
                    }
                }
            )
    if None in bounded:
        raise ValidationError(
            {
                kind: {
                    bounded.index(None): wrong(
                        "rules.table_open",
                        N_("Only the last row may be open."),
                        N_("Give this row its edge."),
                    ).messages
                }
            }
        )


class Scoring(Value[Any]):
    """How attainment or actual becomes points: ``attainment``, a formula, or a table."""

    def read(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return One(TablePart).deserialize(value)
        text = Text().deserialize(value)
        return None if text == "attainment" else formula(text)


class Aim(Value[Any]):
    """The name of a target, or the figure itself."""

    def read(self, value: Any) -> Any:
        if isinstance(value, str) and value[:1].isdigit():
            return Number(least=0).deserialize(value)
        return Code().deserialize(value)
