"""Tables of two and three dimensions as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from math import prod
from typing import Any

from marshmallow import ValidationError, validates_schema

from engine import model
from engine.errors import N_
from engine.reader import Path
from engine.schema.base import Part
from engine.schema.fields import Formula, Many, Number, One, Text, Value
from engine.schema.said import wrong

MAX_CELLS = 1_000
BOUNDS = ("start", "above", "to", "below")


class AxisPart(Part):
    """Bands or labels; ``above`` and ``to`` cut alike, as do ``from`` and ``below``."""

    makes = model.Axis
    of = Formula(required=True)
    start = Many(Number(), data_key="from")
    above = Many(Number())
    to = Many(Number())
    below = Many(Number())
    labels = Many(Text())

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **_: Any) -> None:
        given = [key for key in (*BOUNDS, "labels") if key in data]
        if len(given) != 1:
            raise wrong(
                "rules.axis",
                N_("An axis has edges or labels."),
                N_("Give one of from, above, to, below (numbers, rising) or labels."),
            )
        key, steps = given[0], data[given[0]]
        for place, (first, second) in enumerate(pairwise(steps), 1):
            if (second in steps[:place]) if key == "labels" else first >= second:
                raise ValidationError(
                    {
                        "from" if key == "start" else key: {
                            place: wrong(
                                "rules.axis_order",
                                N_("`{step}` is not beyond the one before it."),
                                N_("Let edges rise, and name each label once."),
                                step=str(second),
                            ).messages
                        }
                    }
                )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        if "labels" in data:
            return data
        key = next(key for key in BOUNDS if key in data)
        bound = "from" if key in {"start", "below"} else "to"
        return {"of": data["of"], "edges": data[key], "bound": bound}


class Cells(Value[Any]):
    """Numbers in lists in lists; how many there must be, the axes say."""

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            return Number().deserialize(value)
        found, errors = [], {}
        for place, each in enumerate(value):
            try:
                found.append(self.read(each))
            except ValidationError as error:
                errors[place] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(found)


class GridPart(Part):
    makes = model.GridTable
    grid = Many(One(AxisPart), least=2, required=True)
    values = Cells(required=True)

    @validates_schema
    def _fits(self, data: dict[str, Any], **_: Any) -> None:
        sizes = [axis.size for axis in data["grid"]]
        if len(sizes) > 3 or prod(sizes) > MAX_CELLS:
            raise wrong(
                "rules.grid_size",
                N_("A table has two or three axes and at most {limit} cells; this has {cells}."),
                N_("Take an axis or some bands out, or make two tables of it."),
                limit=MAX_CELLS,
                cells=prod(sizes),
            )
        for path, error in _misfits(data["values"], sizes):
            messages: Any = error.messages
            for part in reversed(path):
                messages = {part: messages}
            raise ValidationError({"values": messages})

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"grid": data["grid"], "values": tuple(_flat(data["values"]))}


def _misfits(values: Any, sizes: list[int], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give the places where there are more or fewer cells than the axis has bands or labels."""
    count = len(values) if isinstance(values, tuple) else 0
    if not sizes:
        if count or values == ():
            yield path, _wrong_count(1, count)
    elif count != sizes[0]:
        yield path, _wrong_count(sizes[0], count)
    else:
        for place, each in enumerate(values):
            yield from _misfits(each, sizes[1:], (*path, place))


def _wrong_count(wanted: int, found: int) -> ValidationError:
    return wrong(
        "rules.grid_cells",
        N_("There must be {wanted} values here, and there are {found}."),
        N_("An axis has a value for each label, or for each band: one more than its edges."),
        wanted=wanted,
        found=found,
    )


def _flat(values: Any) -> Iterator[Decimal]:
    if isinstance(values, tuple):
        for each in values:
            yield from _flat(each)
    else:
        yield values
