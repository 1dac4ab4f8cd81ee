"""The other entries of a policy: scope, inputs, KPIs, grades, steps, rules, pools, transitions."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import PLACES, Part, words
from engine.schema.fields import (
    UNITS,
    Choice,
    Code,
    Condition,
    Flag,
    Formula,
    Many,
    Number,
    One,
    Text,
)
from engine.schema.said import wrong
from engine.schema.scoring import Aim, Anchors, Scoring
from engine.schema.tables import AnyTable


class ScopePart(Part):
    makes = model.Scope
    role = Code(required=True)


class InputPart(Part):
    makes, coded = model.Input, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    default = Number()
    min = Number()
    max = Number()


class ConstantPart(Part):
    makes, coded = model.Constant, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    value = Number(required=True)


class KpiPart(Part):
    makes, coded = model.Kpi, True
    name = words(required=True)
    group = words()
    actual = Code(required=True)
    target = Aim()
    better = Choice("higher", "lower")
    form = Choice("ratio", "mirrored")
    weight = Number(0, 1, 6, required=True)
    score = Scoring()
    cap = Number(0, 10_000)
    floor = Number(-10_000, 10_000)
    if_zero_target = Choice("not_applicable", "full", "zero")
    if_zero_actual = Choice("not_applicable", "full", "zero")
    threshold = Aim()
    stretch = Aim()
    gate = Number(0, 10, 6)

    @validates_schema
    def _held_against(self, data: dict[str, Any], **_: Any) -> None:
        wanted = list(data["score"].points) if isinstance(data.get("score"), Anchors) else []
        if "gate" in data:
            wanted.append("target")
        for name in wanted:
            if name not in data:
                raise wrong(
                    "rules.anchor",
                    N_("There is no `{anchor}` to hold the actual against."),
                    N_("Add `{anchor}:` with a figure or its name to this KPI."),
                    anchor=name,
                )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        score = data.get("score")
        if not isinstance(score, Anchors):
            return data
        return {**data, "score": score.line(falling=data.get("better") == "lower")}


class RoundingPart(Part):
    makes = model.Rounding
    attainment = PLACES
    points = PLACES
    total = PLACES
    money = PLACES


class TotalPart(Part):
    makes = model.Total
    cap = Number(0, 10_000)
    floor = Number(-10_000, 10_000)


class GradePart(Part):
    makes = model.Grade
    code = Text(required=True, data_key="grade")
    start = Number(-10_000, 10_000, required=True, data_key="from")
    coefficient = Number(0, 100, required=True)
    name = words()


class StepPart(Part):
    makes, coded = model.Step, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    formula = Formula()
    table = AnyTable()
    digits = PLACES
    grant = Code()

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if ("formula" in data) == ("table" in data):
            raise wrong(
                "rules.step_kind",
                N_("A step has a formula or a table."),
                N_("Give one of the two."),
            )
        if data.get("unit") == "number" and "digits" not in data:
            raise wrong(
                "rules.step_digits",
                N_("A step of unit number needs `digits`."),
                N_("Say how many places it is rounded to (HALF_UP)."),
            )


class ActionPart(Part):
    makes = model.Action
    grant = Code()
    amount = Formula()
    text = words()
    course = words()
    conclude = Code()

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if ("grant" in data) == ("conclude" in data) or ("text" in data and "course" in data):
            raise wrong(
                "rules.action",
                N_("A rule grants or concludes."),
                N_("Write either `grant: bonus` with an `amount`, or `conclude: name`."),
            )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        course = data.pop("course", None)
        return {**data, "text": course} if course else data


class RulePart(Part):
    makes, coded = model.Rule, True
    name = words(required=True)
    when = Condition(required=True)
    then = Many(One(ActionPart), required=True)


class PoolPart(Part):
    makes, coded = model.Pool, True
    name = words(required=True)
    over = Choice("team")
    trigger = Condition(required=True)
    compare = Choice("exact", "shown", required=True)
    fund = Formula(required=True)
    share = Choice("equal", "score", "contribution", required=True)
    by = Code()
    eligible = Condition()


class TransitionPart(Part):
    makes, coded = model.Transition, True
    name = words(required=True)
    start = Code(required=True, data_key="from")
    to = Code(required=True)
    by = Many(Code())
    cycle = Choice("lock", "approve")
    reason = Flag()
