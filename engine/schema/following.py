"""What is watched and suggested on the way, as a policy writes it."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import Part, words
from engine.schema.fields import Choice, Code, Condition, Flag, Formula, Many, Number, Text, Whole
from engine.schema.said import wrong


class AlertPart(Part):
    makes, coded = model.Alert, True
    name = words(required=True)
    when = Condition(required=True)
    to = Many(Code("told"))
    often = Choice("once", "worse")
    gauge = Formula()
    step = Number(0, 10**12)

    @validates_schema
    def _worse_by(self, data: dict[str, Any], **_: Any) -> None:
        worse = data.get("often") == "worse"
        if worse != ("gauge" in data) or worse != bool(data.get("step")):
            raise wrong(
                "rules.alert_worse",
                N_("An alert that comes again needs what it watches, and by how much it falls."),
                N_(
                    "With `often: worse` write a `gauge` of which less is worse and a `step` above "
                    "zero; without it, neither."
                ),
            )


class PlanRulePart(Part):
    makes, coded = model.PlanRule, True
    name = words(required=True)
    when = Condition(required=True)
    kpi = Code("kpis")
    goal = words(required=True)
    training = words()
    mentor = Flag()
    weeks = Whole(1, 104)


class CareerPathPart(Part):
    makes, coded = model.CareerPath, True
    name = words(required=True)
    start = Text(required=True, data_key="from")
    to = Text(required=True)
    when = Condition(required=True)
    cycles = Whole(1, 24)

    @validates_schema
    def _leads_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("start") and data.get("start") == data.get("to"):
            raise wrong(
                "rules.path_circle",
                N_("This path leads from {rank} to itself."),
                N_("Write under `to` the rank or the post that comes next."),
                rank=str(data["to"])[:80],
            )
