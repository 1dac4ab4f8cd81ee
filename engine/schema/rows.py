"""The rows of a table as they are written, and the order that they must have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from marshmallow import ValidationError, validates_schema

from engine.errors import N_
from engine.schema.base import Part
from engine.schema.fields import Number
from engine.schema.said import wrong

BOUNDS = ("from", "above", "to", "below")
FALLING = ("from", "above")  # reached from the highest down


@dataclass(frozen=True, slots=True)
class Written:
    """A row as it is written: the word of its edge (empty: open), the edge, the value."""

    bound: str
    edge: Decimal | None
    value: Decimal


class RowPart(Part):
    makes = Written
    start = Number(data_key="from")
    above = Number()
    to = Number()
    below = Number()
    value = Number()
    rate = Number()
    points = Number()

    @validates_schema
    def _one_value(self, data: dict[str, Any], **_: Any) -> None:
        edges = {"start", "above", "to", "below"} & set(data)
        if len({"value", "rate", "points"} & set(data)) != 1 or len(edges) > 1:
            raise wrong(
                "rules.row",
                N_("A row needs one of value, rate, points, and at most one edge."),
                N_("Write `from: 60, points: 80`, or `to: 100000, rate: 1%`."),
            )

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        value = next(data[key] for key in ("value", "rate", "points") if key in data)
        key = next((key for key in ("start", "above", "to", "below") if key in data), "")
        return {
            "bound": "from" if key == "start" else key,
            "edge": data[key] if key else None,
            "value": value,
        }


def check_rows(kind: str, rows: Sequence[Written]) -> None:
    """Refuse rows that mix their words, are out of order, or leave a value uncovered."""
    for check in (_last_is_open, _only_last_is_open, _one_word, _in_order):
        check(kind, rows)


def refused(kind: str, place: int, code: str, message: str, remedy: str, **params: Any) -> Any:
    """Return the error of one row."""
    return ValidationError({kind: {place: wrong(code, message, remedy, **params).messages}})


def _last_is_open(kind: str, rows: Sequence[Written]) -> None:
    if rows[-1].edge is not None:
        raise refused(
            kind,
            len(rows) - 1,
            "rules.table_gap",
            N_("The last row leaves values uncovered."),
            N_("Leave out its `{word}`: it then holds for all the rest."),
            word=rows[-1].bound,
        )


def _only_last_is_open(kind: str, rows: Sequence[Written]) -> None:
    for place, row in enumerate(rows[:-1]):
        if row.edge is None:
            raise refused(
                kind,
                place,
                "rules.table_open",
                N_("Only the last row may be open."),
                N_("Give this row its edge."),
            )


def _one_word(kind: str, rows: Sequence[Written]) -> None:
    for place, row in enumerate(rows[:-1]):
        if row.bound != rows[0].bound:
            raise refused(
                kind,
                place,
                "rules.table_words",
                N_("This row says `{word}` and the first one `{first}`."),
                N_("Write the same word in every row, so that no value is in two rows or in none."),
                word=row.bound,
                first=rows[0].bound,
            )
        if kind == "marginal" and row.bound not in {"to", "from"}:
            raise refused(
                kind,
                place,
                "rules.table_slices",
                N_("A slice has no `{word}`: at its edge the next one begins, whoever has it."),
                N_("Write `to` (where the slice ends) or `from` (where it begins)."),
                word=row.bound,
            )


def _in_order(kind: str, rows: Sequence[Written]) -> None:
    falling = rows[0].bound in FALLING
    for place, (first, second) in enumerate(pairwise(rows[:-1]), 1):
        assert first.edge is not None
        assert second.edge is not None
        if first.edge <= second.edge if falling else first.edge >= second.edge:
            raise refused(
                kind,
                place,
                "rules.table_order",
                N_("The rows are not in order: a value would be in two of them."),
                N_("`from` and `above` go down from the highest edge, `to` and `below` go up."),
            )
