"""What is scored: whose reviews, inputs, constants, dimensions and KPIs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import Part, words
from engine.schema.fields import UNITS, Choice, Code, Flag, Many, Number, One, Text, Value
from engine.schema.said import wrong
from engine.schema.scoring import Aim, Anchors, Scoring

OPTION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


class ScopePart(Part):
    makes = model.Scope
    role = Code("roles", required=True)
    posts = Many(Text())
    ranks = Many(Text())
    regions = Many(Text())


class Option(Text):
    """One of the words that a label may be."""

    def read(self, value: Any) -> str:
        word = super().read(value)
        if not OPTION.fullmatch(word):
            raise wrong(
                "rules.option",
                N_("`{word}` cannot be an option."),
                N_("Use up to 40 letters, digits and _, beginning with a letter."),
                word=word[:80],
            )
        return word


class InputPart(Part):
    makes, coded = model.Input, True
    name = words(required=True)
    unit = Choice(*UNITS, "label", required=True)
    default = Number()
    min = Number()
    max = Number()
    options = Many(Option())
    if_missing = Choice("refuse", "not_applicable", "zero", "pending")
    fixed = Choice("goals")
    paid = Code("steps", "rules")
    source = Choice("panel", "assists", "sharings", data_key="from")

    @validates_schema
    def _label_or_figure(self, data: dict[str, Any], **_: Any) -> None:
        is_label = data.get("unit") == "label"
        if is_label != ("options" in data) or (is_label and {"default", "min", "max"} & set(data)):
            raise wrong(
                "rules.label_options",
                N_("A label has `options`; a figure has none."),
                N_("Write unit: label with options: [a, b], or take `options` away."),
            )
        if "source" in data and (is_label or "paid" in data):
            raise wrong(
                "rules.input_source",
                N_("An input has one source: `from`, `paid`, or the word that a label is."),
                N_("Keep one of them."),
            )
        if data.get("if_missing") == "zero" and is_label:
            raise wrong(
                "rules.label_zero",
                N_("A label cannot be zero."),
                N_("Write if_missing: not_applicable."),
            )


class Day(Text):
    """An ISO date."""

    def read(self, value: Any) -> str:
        text = super().read(value)
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise wrong(
                "rules.date",
                N_("`{value}` is not a date."),
                N_("Write it as 2026-07-01."),
                value=text[:40],
            ) from None


class Figures(Value[tuple[tuple[str, Decimal], ...]]):
    """A number for each name: ``{beijing: 2540, shanghai: 2740}``."""

    def __init__(self, key: Text, number: Number, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.key, self.number = key, number

    def read(self, value: Any) -> tuple[tuple[str, Decimal], ...]:
        if not isinstance(value, Mapping) or not value:
            raise wrong(
                "rules.figures",
                N_("A figure for each name is expected here."),
                N_("Write `name: 12`, a name a line or with commas."),
            )
        found, errors = [], {}
        for name, each in value.items():
            try:
                found.append((self.key.read(name), self.number.read(each)))
            except ValidationError as error:
                errors[name] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(found)


class DatedPart(Part):
    makes = model.Dated
    start = Day(required=True, data_key="from")
    value = Number()
    by = Figures(Option(), Number())
    reference = Text()

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if ("value" in data) == ("by" in data):
            raise wrong(
                "rules.dated_value",
                N_("A dated entry has a `value`, or `by` with one for each label."),
                N_("Give one of the two."),
            )


class ConstantPart(Part):
    makes, coded = model.Constant, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    value = Number()
    values = Many(One(DatedPart))
    by = Code("labels")

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        if ("value" in data) == ("values" in data):
            raise wrong(
                "rules.constant",
                N_("A constant has a `value`, or `values` by date."),
                N_("Give one of the two."),
            )
        starts = [each.start for each in data.get("values", ())]
        if starts != sorted(set(starts)):
            raise wrong(
                "rules.dated_order",
                N_("The dates are not in order, or one is given twice."),
                N_("List the earliest first."),
            )
        if any(bool(each.by) != ("by" in data) for each in data.get("values", ())):
            raise wrong(
                "rules.dated_by",
                N_("Values by a label need `by` on the constant too, and the other way round."),
                N_("Write by: city on the constant, and by: {{beijing: 2540}} in each entry."),
            )


class DimensionPart(Part):
    makes, coded = model.Dimension, True
    name = words(required=True)
    weight = Number(0, 1, 6, required=True)
    cap = Number(0, 10_000)
    floor = Number(-10_000, 10_000)


class DifficultyPart(Part):
    makes = model.Difficulty
    of = Code("inputs", required=True)
    kind = Choice("points", "factor", required=True, data_key="as")
    normalise = Flag()

    @validates_schema
    def _normal(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("normalise") and data.get("kind") == "points":
            raise wrong(
                "rules.difficulty_points",
                N_("Only factors are normalised to a mean of 1."),
                N_("Write as: factor, or take `normalise` away."),
            )


class KpiPart(Part):
    makes, coded = model.Kpi, True
    name = words(required=True)
    group = words()
    dimension = Code("dimensions")
    actual = Code("measures", "inputs", "steps")
    raters = Figures(Code(), Number(0, 1, 6))
    scale = Number(1, 1_000)
    if_unrated = Choice("share", "zero", "refuse", "pending")
    target = Aim()
    better = Choice("higher", "lower")
    form = Choice("ratio", "mirrored")
    weight = Number(0, 1, 6, required=True)
    weight_band = Many(Number(0, 1, 6), least=2)
    score = Scoring()
    difficulty = One(DifficultyPart)
    cap = Number(0, 10_000)
    floor = Number(-10_000, 10_000)
    if_zero_target = Choice("not_applicable", "full", "zero", "refuse", "pending")
    if_zero_actual = Choice("not_applicable", "full", "zero", "refuse", "pending")
    if_negative = Choice("keep", "not_applicable", "full", "zero", "refuse", "pending")
    threshold = Aim()
    stretch = Aim()
    gate = Number(0, 10, 6)

    @validates_schema
    def _actual_or_raters(self, data: dict[str, Any], **_: Any) -> None:
        if ("actual" in data) == ("raters" in data):
            raise wrong(
                "rules.kpi_actual",
                N_("A KPI has an `actual`, or `raters` who give it."),
                N_("Give one of the two."),
            )
        if "raters" in data and sum(weight for _, weight in data["raters"]) != 1:
            raise wrong(
                "rules.rater_weights",
                N_("The raters' weights do not sum to 100%."),
                N_("Change them until they do."),
            )
        if "if_negative" in data and "target" not in data:
            raise wrong(
                "rules.if_negative",
                N_("Without a target there is no attainment for `if_negative` to change."),
                N_("Add a target, or let `score` say what a negative actual gives."),
            )
        band = data.get("weight_band")
        if band and (len(band) != 2 or not band[0] <= data["weight"] <= band[1]):
            raise wrong(
                "rules.weight_band",
                N_("The weight lies outside of its own band."),
                N_("Write weight_band: [least, most] around the weight."),
            )

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
