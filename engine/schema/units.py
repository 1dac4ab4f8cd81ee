"""So much for each unit, as it is written."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.language.expression import Binary
from engine.schema.base import Part
from engine.schema.fields import Flag, Formula, Number
from engine.schema.said import wrong


class UnitPart(Part):
    """``over`` counts from an allowance on, ``under`` what is missing below one."""

    makes = model.UnitTable
    of = Formula(required=True)
    each = Number(required=True)
    start = Number()
    per = Number(0)
    over = Formula()
    under = Formula()
    whole = Flag()

    @validates_schema
    def _counted(self, data: dict[str, Any], **_: Any) -> None:
        if {"over", "under"} <= set(data) or data.get("per") == 0:
            raise wrong(
                "rules.per_unit",
                N_("Units are counted over or under an allowance, and a unit is more than zero."),
                N_("Write `each: -5, per: 1, over: 2`, or `under` for what is missing."),
            )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in data.items() if name not in {"over", "under"}}
        if "over" in data:
            rest["of"] = Binary("-", data["of"], data["over"])
        elif "under" in data:
            rest["of"] = Binary("-", data["under"], data["of"])
        return rest
