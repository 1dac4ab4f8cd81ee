"""The schemas of a policy's entries; each makes its model object."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validates_schema

from engine import model
from engine.errors import N_
from engine.schema.fields import (
    UNITS,
    Choice,
    Code,
    Condition,
    FieldName,
    Flag,
    Formula,
    Many,
    Number,
    One,
    Text,
    Value,
    Whole,
    formula,
    unknown_keys,
)
from engine.schema.said import wrong

PLACES = Whole(0, 10)


class Part(Schema):
    """Loads a mapping into ``makes``; unknown keys are named with the nearest known one."""

    makes: ClassVar[type[Any]]
    coded: ClassVar[bool] = False

    class Meta:
        unknown = EXCLUDE

    def load(self, data: Any, **kwargs: Any) -> Any:
        kwargs["unknown"] = EXCLUDE
        return super().load(data, **kwargs)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _known(self, data: Any, original: Any, **kwargs: Any) -> None:
        if isinstance(original, Mapping):
            known = [field.data_key or name for name, field in self.fields.items()]
            if strange := unknown_keys(original, known):
                raise ValidationError(strange)

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> Any:
        given = {name: value for name, value in data.items() if value is not None}
        return self.makes(**({"code": ""} if self.coded else {}), **self.arranged(given))

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        """Turn the file's keys into the model's; most are the same."""
        return data


class BilingualPart(Part):
    makes = model.Bilingual
    zh = Text(required=True)
    en = Text(required=True)


def words(**kwargs: Any) -> fields.Field[Any]:
    return One(BilingualPart, **kwargs)


class ScopePart(Part):
    makes = model.Scope
    role = Code(required=True)


class Where(Value[tuple[model.Filter, ...]]):
    """``{stage: won}`` or ``{stage: [won, lost]}``."""

    def read(self, value: Any) -> tuple[model.Filter, ...]:
        if not isinstance(value, Mapping):
            raise wrong(
                "rules.where", N_("A filter is expected here."), N_("Write {{field: value}}.")
            )
        found = []
        for name, wanted in value.items():
            values = wanted if isinstance(wanted, list) else [wanted]
            if not values or not all(isinstance(each, str) for each in values):
                raise ValidationError(
                    {
                        name: wrong(
                            "rules.where_value",
                            N_("`{name}` needs a value."),
                            N_("Write {{field: value}} or {{field: [value, value]}}."),
                            name=name,
                        ).messages
                    }
                )
            found.append(model.Filter(name, tuple(values)))
        return tuple(found)


class DaysPart(Part):
    makes = tuple
    days = Many(FieldName(), least=2, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **kwargs: Any) -> Any:
        return data["days"][0], data["days"][1]


class Summed(Value[Any]):
    """A field to add up, or ``{days: [from, to]}``."""

    def read(self, value: Any) -> Any:
        return (One(DaysPart) if isinstance(value, Mapping) else FieldName()).deserialize(value)


class MeasurePart(Part):
    makes, coded = model.Measure, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    records = FieldName()
    where = Where()
    when = FieldName()
    sum = Summed()
    count = FieldName()
    distinct = FieldName()
    first = FieldName()
    by = FieldName()
    ratio = Many(Code(), least=2)
    over = Choice("person", "team")
    digits = PLACES
    if_zero = Choice("not_applicable", "zero")

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
        kinds = [kind for kind in ("sum", "count", "distinct", "first", "ratio") if kind in data]
        if len(kinds) != 1:
            raise wrong(
                "rules.measure_kind",
                N_("A measure is one of sum, count, distinct, first, ratio."),
                N_("Give exactly one of them."),
            )
        if kinds != ["ratio"] and not {"records", "when"} <= set(data) and kinds != ["count"]:
            raise wrong(
                "rules.measure_records",
                N_("A measure of records needs `records` and `when`."),
                N_("Say which records, and the date field that puts them in a period."),
            )
        if kinds == ["count"] and "when" not in data:
            raise wrong(
                "rules.measure_when",
                N_("A measure of records needs `when`."),
                N_("Name the date field that puts a record in a period."),
            )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        kind = next(kind for kind in ("sum", "count", "distinct", "first", "ratio") if kind in data)
        value = data.pop(kind)
        if kind == "ratio":
            return {**data, "kind": kind, "ratio": value[:2]}
        if kind == "sum" and isinstance(value, tuple):
            return {**data, "kind": "days", "span": value}
        if kind == "count":
            return {
                "records": None,
                **data,
                "kind": kind,
                "field": None if value == "records" else value,
            }
        return {**data, "kind": kind, "field": value}


class CascadePart(Part):
    makes = model.Cascade
    by = Choice("headcount", "none")


class PerPeriod(Value[tuple[tuple[str, Decimal], ...]]):
    """A figure for each period: ``{2017-Q1: 1_000_000}``; which periods there are is the period's own matter."""

    def read(self, value: Any) -> tuple[tuple[str, Decimal], ...]:
        if not isinstance(value, Mapping):
            raise wrong(
                "rules.per_period",
                N_("A figure per period is expected here."),
                N_("Write {{2017-Q1: 1000000}}."),
            )
        found: list[tuple[str, Decimal]] = []
        errors = {}
        for period, figure in value.items():
            try:
                found.append((period, Number(least=0, places=4).read(figure)))
            except ValidationError as error:
                errors[period] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(found)


class TargetPart(Part):
    makes, coded = model.Target, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    measure = Code()
    company = PerPeriod()
    cascade = One(CascadePart)
    round_to = Number(least=0)


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


class RowPart(Part):
    makes = model.Row
    start = Number(data_key="from")
    to = Number()
    value = Number()
    rate = Number()
    points = Number()

    @validates_schema
    def _one_value(self, data: dict[str, Any], **kwargs: Any) -> None:
        if len({"value", "rate", "points"} & set(data)) != 1 or {"start", "to"} <= set(data):
            raise wrong(
                "rules.row",
                N_("A row needs one of value, rate, points, and at most one of from, to."),
                N_("Write {{from: 60, points: 80}} or {{to: 100000, rate: 1%}}."),
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
    def _one_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
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
    for place, (first, second) in enumerate(zip(bounded, bounded[1:], strict=False), 1):
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
    table = One(TablePart)
    digits = PLACES
    grant = Code()

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
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
    def _one_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("grant" in data) == ("conclude" in data) or ("text" in data and "course" in data):
            raise wrong(
                "rules.action",
                N_("A rule grants or concludes."),
                N_("Write {{grant: bonus, amount: …}} or {{conclude: name}}."),
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
