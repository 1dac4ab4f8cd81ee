"""Decision tables as they are written: a hit policy, rows of conditions, an open row at the end."""

from __future__ import annotations

from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import Part
from engine.schema.fields import Choice, Condition, Formula, Many, One
from engine.schema.rows import refused
from engine.schema.said import wrong

MAX_ROWS = 200
MAX_UNIQUE = 30  # each two of them are looked at together


class DecisionRowPart(Part):
    makes = model.DecisionRow
    when = Condition()
    value = Formula()


class DecisionTablePart(Part):
    makes = model.DecisionTable
    hit = Choice("first", "unique", "collect", data_key="decide", required=True)
    collect = Choice("sum", "max", "min", "count")
    rows = Many(One(DecisionRowPart), required=True)

    @validates_schema
    def _collected(self, data: dict[str, Any], **_: Any) -> None:
        if ("collect" in data) != (data["hit"] == "collect"):
            raise wrong(
                "rules.collect",
                N_("`decide: collect` and `collect` go together."),
                N_("Say what is made of all rows that hold: collect: sum, max, min or count."),
            )

    @validates_schema
    def _rows(self, data: dict[str, Any], **_: Any) -> None:
        rows, counting = data["rows"], data.get("collect") == "count"
        limit = MAX_UNIQUE if data["hit"] == "unique" else MAX_ROWS
        if len(rows) > limit or rows[0].when is None:
            raise wrong(
                "rules.decision_rows",
                N_("A decision table has 1 to {limit} rows with `when`."),
                N_("Begin with a row that has one; the row without stands at the end."),
                limit=limit,
            )
        for place, row in enumerate(rows):
            if row.when is None and (place < len(rows) - 1 or counting):
                raise refused(
                    "rows",
                    place,
                    "rules.decision_open",
                    N_("Only the last row may do without `when`, and none that is counted."),
                    N_("Give this row its condition, or move it to the end."),
                )
            if (row.value is None) != counting:
                raise refused(
                    "rows",
                    place,
                    "rules.decision_value",
                    N_("A row gives a `value`, unless rows are only counted."),
                    N_("Write `value: 5000` or a formula; with collect: count leave it out."),
                )
