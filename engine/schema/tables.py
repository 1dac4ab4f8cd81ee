"""Tables as they are written: bands, cliffs, tiers and lines; grids and decisions beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import validates_schema

from engine import model
from engine.errors import N_
from engine.schema.base import Part
from engine.schema.decision_tables import DecisionTablePart
from engine.schema.fields import Formula, Many, One
from engine.schema.grids import GridPart
from engine.schema.lines import LinePart, simplest
from engine.schema.rows import RowPart, check_rows
from engine.schema.said import wrong
from engine.schema.units import UnitPart

TIERS = ("steps", "marginal", "whole", "cliff")
KINDS = (*TIERS, "interpolate", "each", "grid", "decide")


class TiersPart(Part):
    """Rows with edges. ``above`` belongs to a cliff, ``after`` to marginal tiers."""

    makes = model.Table
    of = Formula(required=True)
    steps = Many(One(RowPart))
    marginal = Many(One(RowPart))
    whole = Many(One(RowPart))
    cliff = Many(One(RowPart))
    above = Formula()
    after = Formula()

    @validates_schema
    def _belongs(self, data: dict[str, Any], **_: Any) -> None:
        if ("above" in data) != ("cliff" in data):
            raise wrong(
                "rules.table_above",
                N_("`cliff` and `above` go together."),
                N_("Say over what: `cliff: […], above: quota`; no other table has `above`."),
            )
        if "after" in data and "marginal" not in data:
            raise wrong(
                "rules.table_after",
                N_("Only marginal tiers are filled on `after` something."),
                N_("Take `after` out, or make the table `marginal`."),
            )
        kind = self._kind(data)
        check_rows(kind, data[kind])

    @staticmethod
    def _kind(data: Mapping[str, Any]) -> str:
        return next(kind for kind in TIERS if kind in data)

    def arranged(self, data: dict[str, Any]) -> dict[str, Any]:
        kind = self._kind(data)
        rest: dict[str, Any] = {
            name: data[name] for name in ("of", "above", "after") if name in data
        }
        bound = next((row.bound for row in data[kind] if row.bound), None)
        usual = "from" if kind == "steps" else "to"
        rows = tuple(model.Row(row.edge, row.value) for row in data[kind])
        return {**rest, "kind": kind, "rows": rows, "bound": None if bound == usual else bound}


class AnyTable(One):
    """A table of any kind, read by the schema of the kind that it names."""

    forms: Mapping[str, type[Part]] = {
        **dict.fromkeys(TIERS, TiersPart),
        "interpolate": LinePart,
        "each": UnitPart,
        "grid": GridPart,
        "decide": DecisionTablePart,
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(TiersPart, **kwargs)

    def read(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return super().read(value)
        # Where there is `each`, `whole` is a flag.
        kinds = ["each"] if "each" in value else [kind for kind in KINDS if kind in value]
        if len(kinds) != 1:
            raise wrong(
                "rules.table_kind",
                N_("A table is one of {kinds}."),
                N_("Give exactly one of them."),
                kinds=", ".join(KINDS),
            )
        read = One(self.forms[kinds[0]]).read(value)
        return simplest(read) if kinds[0] == "interpolate" else read
