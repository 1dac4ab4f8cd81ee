"""How attainment or actual becomes points, and the old forms of it, each written out as a table.

功效系数 between anchors, points per unit over an allowance, all or nothing: whoever reads an
explanation sees the line, the formula or the steps that they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.language.expression import Expression, Name
from engine.schema.base import Part
from engine.schema.fields import Code, Formula, Number, One, Text, Value, formula
from engine.schema.lines import literal
from engine.schema.said import wrong
from engine.schema.tables import AnyTable
from engine.schema.units import UnitPart

ANCHORS = ("threshold", "target", "stretch")


@dataclass(frozen=True, slots=True)
class Anchors:
    """Points at the KPI's own anchors, worst first; ``below`` before the first of them."""

    points: Mapping[str, Decimal]
    below: Decimal

    def line(self, *, falling: bool) -> model.LineTable:
        """Return the line between the anchors, of the KPI's actual."""
        points = tuple(
            model.Point(Name(name), _literal(points)) for name, points in self.points.items()
        )
        return model.LineTable(Name("actual"), points, falling, _literal(self.below))


class AnchorPoints(Part):
    makes = dict
    threshold = Number()
    target = Number()
    stretch = Number()

    @validates_schema
    def _two(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) < 2:
            raise wrong(
                "rules.anchors",
                N_("A line needs two anchors."),
                N_("Give the points at two or three of threshold, target, stretch."),
            )


class AnchorsPart(Part):
    makes = Anchors
    anchors = One(AnchorPoints, required=True)
    below = Number()

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        points = {name: data["anchors"][name] for name in ANCHORS if name in data["anchors"]}
        return {"points": points, "below": data.get("below", Decimal(0))}


class PerUnitPart(UnitPart):
    """Units of the actual, where nothing else is said."""

    of = Formula()

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        return super().arranged({"of": Name("actual"), **data})


class AllOrNothingPart(Part):
    """``reached`` points from ``at`` on (of the attainment, or of ``of``), else ``missed``."""

    makes = model.Table
    reached = Number(required=True)
    missed = Number()
    of = Formula()
    at = Number(required=True)

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        rows = (
            model.Row(data["at"], data["reached"]),
            model.Row(None, data.get("missed", Decimal(0))),
        )
        return {"of": data.get("of", Name("attainment")), "kind": "steps", "rows": rows}


class Scoring(Value[Any]):
    """``attainment``, a formula, a table, or one of the forms that are written out as one."""

    forms: Mapping[str, type[Part]] = {
        "anchors": AnchorsPart,
        "each": PerUnitPart,
        "reached": AllOrNothingPart,
    }

    def read(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            text = Text().deserialize(value)
            return None if text == "attainment" else formula(text)
        for key, schema in self.forms.items():
            if key in value:
                return One(schema).read(value)
        return AnyTable().read(value)


class Aim(Value[Any]):
    """The name of a target, or the figure itself."""

    names = ("targets", "inputs", "constants")

    def read(self, value: Any) -> Any:
        if isinstance(value, str) and value[:1].isdigit():
            return Number(least=0).deserialize(value)
        return Code().deserialize(value)


def _literal(value: Decimal) -> Expression:
    return literal(value, f"{value:f}")
