"""What a policy may have, as its schema says it: the shapes from which the form is made.

A new construct is a part of the schema, and so on the form; only a new kind of value needs a
line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, singledispatch
from types import MappingProxyType
from typing import Any

from marshmallow import Schema

from engine.reader import Node
from engine.schema import fields as kinds
from engine.schema.base import Words
from engine.schema.grids import Cells
from engine.schema.lines import PointField
from engine.schema.measuring import DaysPart, PerPeriod, Summed, Where
from engine.schema.scorecard import Day, Figures
from engine.schema.scoring import Aim, Scoring
from engine.schema.tables import TIERS, AnyTable

ATTAINMENT = "attainment"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One text: ``kind`` says how it is put in, ``names`` where what it names is defined."""

    kind: str
    options: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of one shape; ``count`` where it always has as many."""

    item: Shape
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """Names, each with something of one shape; ``coded`` where the names are the policy's own."""

    item: Shape
    coded: bool = False
    key: Leaf = Leaf("text")


@dataclass(frozen=True, slots=True)
class Part:
    """One entry of a record: its key in the file, and the model's name for it."""

    key: str
    name: str
    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Named entries of a schema; ``makes`` is the model's class."""

    schema: type[Schema]
    makes: str
    parts: tuple[Part, ...]

    def part(self, key: str) -> Part | None:
        return next((each for each in self.parts if each.key == key), None)


@dataclass(frozen=True, slots=True)
class Variants:
    """One of several: ``plain`` names the one that is a text, the others are told by their key."""

    forms: Mapping[str, Shape] = field(hash=False)
    plain: str = ""

    def chosen(self, node: Node) -> str:
        """Return which one stands in the text; empty where it is none of them."""
        if node.entries is None:
            return (
                ATTAINMENT if ATTAINMENT in self.forms and node.text == ATTAINMENT else self.plain
            )
        # `each` comes before the tables, where `whole` is a flag of it.
        keys = sorted(self.forms, key=lambda name: name != "each")
        return next((name for name in keys if name in node.entries), "")


@dataclass(frozen=True, slots=True)
class Condition:
    """One text, or all/any/not over more of them."""


@dataclass(frozen=True, slots=True)
class Plane:
    """The numbers of a table of two or three dimensions."""


Shape = Leaf | Listed | Keyed | Record | Variants | Condition | Plane
FORMULA = Leaf("formula")


@cache
def record(schema: type[Schema]) -> Record:
    """Return the shape of a schema's entries, in the order in which it declares them."""
    parts = (
        Part(each.data_key or name, name, shape_of(each), bool(each.required))
        for name, each in schema._declared_fields.items()
    )
    makes = getattr(schema, "makes", None)
    return Record(schema, getattr(makes, "__name__", ""), tuple(parts))


@singledispatch
def shape_of(field: Any) -> Shape:
    """Return the shape of what a field of the schema reads."""
    raise TypeError(f"no form for {type(field).__name__}")


@shape_of.register
def _(field: kinds.Text) -> Shape:
    return Leaf("reference" if field.names else "text", names=field.names)


@shape_of.register
def _(_field: Day) -> Shape:
    return Leaf("date")


@shape_of.register
def _(field: kinds.Choice) -> Shape:
    return Leaf("choice", options=field.options)


@shape_of.register
def _(_field: kinds.Number) -> Shape:
    return Leaf("number")


@shape_of.register
def _(_field: kinds.Flag) -> Shape:
    return Leaf("flag", options=("true", "false"))


@shape_of.register
def _(_field: kinds.Formula) -> Shape:
    return FORMULA


@shape_of.register
def _(_field: kinds.Condition) -> Shape:
    return Condition()


@shape_of.register
def _(field: kinds.Many) -> Shape:
    return Listed(shape_of(field.inner), field.least if field.least == field.most else None)


@shape_of.register
def _(field: PointField) -> Shape:
    return Listed(shape_of(field.inner), 2)


@shape_of.register
def _(field: kinds.One) -> Shape:
    return record(field.schema)


@shape_of.register
def _(field: kinds.Entries) -> Shape:
    return Keyed(record(field.schema), coded=True, key=Leaf("code"))


@shape_of.register
def _(field: Words) -> Shape:
    return record(field.schema)


@shape_of.register
def _(field: Figures) -> Shape:
    return Keyed(shape_of(field.number), key=Leaf("code"))


@shape_of.register
def _(_field: PerPeriod) -> Shape:
    return Keyed(Leaf("number"), key=Leaf("period"))


@shape_of.register
def _(_field: Where) -> Shape:
    return Keyed(Listed(Leaf("text")))


@shape_of.register
def _(_field: Cells) -> Shape:
    return Plane()


@shape_of.register
def _(field: Aim) -> Shape:
    return Leaf("aim", names=field.names)


@shape_of.register
def _(_field: Summed) -> Shape:
    return Variants({"field": Leaf("text"), "days": record(DaysPart)}, plain="field")


@shape_of.register
def _(_field: AnyTable) -> Shape:
    return Variants(_tables())


@shape_of.register
def _(field: Scoring) -> Shape:
    own = {name: record(schema) for name, schema in field.forms.items()}
    return Variants(
        {ATTAINMENT: Leaf("fixed"), "formula": FORMULA, **own, **_tables(), **own}, plain="formula"
    )


@cache
def _tables() -> Mapping[str, Shape]:
    return MappingProxyType(
        {name: _tiers(name, record(schema)) for name, schema in AnyTable.forms.items()}
    )


# What only one kind of tiers has beside its rows.
_ONLY = {"above": "cliff", "after": "marginal"}


def _tiers(kind: str, of: Record) -> Record:
    """Return a table of tiers without the rows of the other kinds."""
    if kind not in TIERS:
        return of
    others = {*TIERS, *_ONLY} - {kind, *(key for key, only in _ONLY.items() if only == kind)}
    parts = (
        Part(each.key, each.name, each.shape, each.required or each.key == kind)
        for each in of.parts
        if each.key not in others
    )
    return Record(of.schema, of.makes, tuple(parts))
