"""Measures and targets as they are written: how records become actuals, where targets come from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, post_load, validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import PLACES, Part, words
from engine.schema.fields import UNITS, Choice, Code, FieldName, Flag, Many, Number, One, Value
from engine.schema.said import wrong

OF_OTHERS = ("ratio", "growth")
KINDS = ("sum", "count", "distinct", "first", *OF_OTHERS)


class Where(Value[tuple[model.Filter, ...]]):
    """``{stage: won}`` or ``{stage: [won, lost]}``."""

    def read(self, value: Any) -> tuple[model.Filter, ...]:
        if not isinstance(value, Mapping):
            raise wrong(
                "rules.where",
                N_("A filter is expected here."),
                N_("Write `field: value`, or `field: [value, value]`."),
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
                            N_("Write `field: value`, or `field: [value, value]`."),
                            name=name,
                        ).messages
                    }
                )
            found.append(model.Filter(name, tuple(values)))
        return tuple(found)


class DaysPart(Part):
    makes = tuple
    days = Many(FieldName(), least=2, most=2, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return data["days"][0], data["days"][1]


class Summed(Value[Any]):
    """A field to add up, or ``{days: [from, to]}``."""

    def read(self, value: Any) -> Any:
        return (One(DaysPart) if isinstance(value, Mapping) else FieldName()).deserialize(value)


class MeasurePart(Part):
    makes, coded = model.Measure, True
    name = words(required=True)
    unit = Choice(*UNITS, required=True)
    records = FieldName("records")
    where = Where()
    when = FieldName()
    sum = Summed()
    count = FieldName()
    distinct = FieldName()
    first = FieldName()
    by = Choice("person", "team", "company")
    ratio = Many(Code("measures"), least=2, most=2)
    growth = Many(Code("measures"), least=2, most=2)
    period = Choice("this", "previous", "last_year", "year_to_date", "year_before")
    basis = Choice("signed", "invoiced", "collected")
    late = Choice("left", "next")
    over = Choice("person", "team")
    digits = PLACES
    if_zero = Choice("not_applicable", "zero", "refuse", "pending")
    if_base = Choice("not_applicable", "zero", "refuse", "pending")

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        kinds = [kind for kind in KINDS if kind in data]
        if len(kinds) != 1:
            raise wrong(
                "rules.measure_kind",
                N_("A measure is one of sum, count, distinct, first, ratio, growth."),
                N_("Give exactly one of them."),
            )
        if kinds[0] in OF_OTHERS:
            return
        if not {"records", "when"} <= set(data) and kinds != ["count"]:
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
        kind = next(kind for kind in KINDS if kind in data)
        value = data.pop(kind)
        if kind in OF_OTHERS:
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
    """A figure for each period: ``{2017-Q1: 1_000_000}``; the labels are checked when used."""

    def read(self, value: Any) -> tuple[tuple[str, Decimal], ...]:
        if not isinstance(value, Mapping):
            raise wrong(
                "rules.per_period",
                N_("A figure per period is expected here."),
                N_("Write `2017-Q1: 1000000`, a period a line."),
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
    measure = Code("measures")
    company = PerPeriod()
    cascade = One(CascadePart)
    round_to = Number(least=0)
    prorate = Flag()
