"""What a new entry, row or part begins with: the least that its schema asks for.

``STARTS`` says what is more sensible than the least, by the model's class that an entry makes;
a construct that is not there begins with its required parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.schema.fields import CODE, RESERVED
from engine.sheets.parts import Option
from engine.sheets.shapes import Condition, Keyed, Leaf, Listed, Plane, Record, Shape, Variants

_ROWS = [{"from": "100%", "points": "100"}, {"points": "0"}]
_RATES = [{"to": "100000", "rate": "1%"}, {"rate": "2%"}]
STARTS: Mapping[str, Mapping[str, Any]] = {
    "Measure": {"unit": "count", "records": "deal", "when": "closed_on", "count": "records"},
    "Target": {"cascade": {"by": "headcount"}, "round_to": "1"},
    "Input": {"unit": "number", "if_missing": "zero"},
    "Constant": {"value": "0"},
    "Kpi": {"weight": "0%", "target": "100", "score": "attainment"},
    "Veto": {"total": "0"},
    "Step": {"formula": "0"},
    "Rule": {"when": "total >= 100"},
    "Action": {"grant": "honour"},
    "Pool": {"trigger": "team.size >= 1", "over": "team"},
    "Transition": {"by": ["hr"]},
    "Calibration": {"group": "region"},
    "Alert": {"when": "time.gone >= 60% and total < 60"},
    "CareerPath": {"when": "past.cycles >= 4 and past.mean_total >= 100"},
    "Deadline": {"working_days": "3"},
    "Escalation": {"working_days": "1", "to": ["superior"]},
    "Dated": {"value": "0"},
    "Payout": {"share": "100%"},
    "Written": {"value": "0"},
    "DecisionRow": {"value": "0"},
}
# What is taken from the names that there are, and the condition that a row asks for.
PICKED = {("Kpi", "actual"), ("Target", "measure"), ("DecisionRow", "when")}
# What a form of scoring or a table begins with.
FORMS: Mapping[str, Any] = {
    "attainment": "attainment",
    "formula": "attainment * 100",
    "anchors": {"anchors": {"threshold": "60", "target": "100", "stretch": "120"}},
    "each": {"start": "100", "each": "-5", "per": "1"},
    "reached": {"reached": "100", "missed": "0", "at": "100%"},
    "steps": {"steps": _ROWS},
    "marginal": {"marginal": _RATES},
    "whole": {"whole": _RATES},
    "cliff": {"above": "0", "cliff": _RATES},
    "interpolate": {"interpolate": [["60%", "60"], ["100%", "100"]]},
    "grid": {
        "grid": [{"from": ["60%", "100%"]}, {"from": ["80", "100"]}],
        "values": [["0", "0", "0"], ["0", "0", "0"], ["0", "0", "0"]],
    },
    "decide": {"decide": "first", "rows": [{"value": "100"}, {"value": "0"}]},
    "field": "amount",
    "days": {"days": ["opened_on", "closed_on"]},
}
_TEXTS = {
    "number": "0",
    "date": "2026-01-01",
    "flag": "true",
    "formula": "0",
    "aim": "100",
    "code": "name",
}


@dataclass(frozen=True, slots=True)
class Beginning:
    """Makes plain data; ``known`` are the names to refer to, ``title`` what people call it.

    ``looked_up`` is what a new table looks up: the attainment for a KPI, else a figure;
    ``condition`` a comparison of what may be compared there.
    """

    known: Mapping[str, tuple[Option, ...]]
    title: str = ""
    looked_up: str = "attainment"
    condition: str = "total >= 60"

    def of(self, shape: Shape) -> Any:  # noqa: PLR0911 (one return per shape)
        match shape:
            case Leaf():
                return self._text(shape)
            case Listed():
                return [self.of(shape.item)] * (shape.count or 1)
            case Keyed():
                return {}
            case Condition():
                return self.condition
            case Plane():
                return [["0"]]
            case Variants():
                return self.form(next(iter(shape.forms)), shape)
            case Record():
                return self._record(shape)

    def form(self, name: str, of: Variants) -> Any:
        """Return what a value of the form ``name`` begins with."""
        found = FORMS[name]
        shape = of.forms[name]
        if not isinstance(shape, Record) or not isinstance(found, dict):
            return found
        if name == "grid":
            axes = [{"of": self.looked_up, **axis} for axis in found["grid"]]
            return {**found, "grid": axes}
        if name == "decide":
            first, *rest = found["rows"]
            return {**found, "rows": [{"when": self.condition, **first}, *rest]}
        wants = shape.part("of")
        return {"of": self.looked_up, **found} if wants and wants.required else found

    def _record(self, shape: Record) -> dict[str, Any]:
        if shape.part("zh"):
            return {"zh": self.title or "名称", "en": self.title or "name"}
        start = STARTS.get(shape.makes, {})
        return {
            part.key: start.get(part.key, None) or self.of(part.shape)
            for part in shape.parts
            if part.required or part.key in start or (shape.makes, part.key) in PICKED
        }

    def _text(self, leaf: Leaf) -> str:
        if leaf.kind == "choice":
            return leaf.options[0]
        named = (each.value for name in leaf.names for each in self.known.get(name, ()))
        if leaf.kind == "reference":
            return next(named, "name")
        return _TEXTS.get(leaf.kind, self.title or "name")


def code_for(title: str, section: str, taken: frozenset[str]) -> str:
    """Return a free name for a new entry: its title where that can be one, else a numbered one."""
    slug = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_") if title.isascii() else ""
    base = slug if CODE.fullmatch(slug) and slug not in RESERVED else _singular(section)
    if base == slug and base not in taken:
        return base
    number = 1 if base != slug else 2
    while f"{base}_{number}" in taken:
        number += 1
    return f"{base}_{number}"


def _singular(section: str) -> str:
    return {"vetoes": "veto"}.get(section, section.removesuffix("s"))
