"""Where a walk through a policy's model is, and how its values are written for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, get_args

from engine.language.expression import Expression
from engine.language.wording import spell
from engine.model import (
    Action,
    Axis,
    Bilingual,
    DecisionRow,
    DecisionTable,
    Figure,
    Filter,
    Grade,
    GridTable,
    LineTable,
    Payout,
    Point,
    Policy,
    ResultRow,
    Row,
    Table,
    UnitTable,
)
from engine.plain import plain_number
from engine.tables.words import tabled
from engine.telling import terms
from engine.telling.terms import Term

Shown = str | Bilingual
RATED = frozenset({"marginal", "whole", "cliff"})  # tables whose rows have rates
NUMBERED = (Action, Payout, Point, Axis, DecisionRow, ResultRow)
_FORMULAS = get_args(Expression)
_SHARES = frozenset(
    {"weight", "weight_band", "raters", "share", "deduction_rate", "distribution", "shares"}
)
_FIGURES = frozenset(
    {"threshold", "target", "stretch", "company", "value", "default", "min", "max"}
)
# Where the model's name for a part is not the file's.
_IN_THE_FILE = {
    ("Grade", "start"): "from",
    ("Dated", "start"): "from",
    ("ResultRow", "start"): "from",
    ("Transition", "start"): "from",
    ("StageDetail", "purpose"): "for",
    ("CareerPath", "start"): "from",
    ("Deadline", "start"): "from",
    ("Input", "source"): "from",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk is: in words, and as the ``path`` of the file's own names.

    ``percent`` when shares of one are written as percentages here.
    """

    section: Term
    path: tuple[str, ...] = ()
    name: Bilingual | None = None
    code: str = ""
    parts: tuple[Term, ...] = ()
    percent: bool = False

    @classmethod
    def of(cls, section: str) -> Place:
        return cls(terms.section(section), () if section == "policy" else (section,))

    def entry(self, entry: Any) -> Place:
        return replace(self, path=(*self.path, entry.code), name=_called(entry), code=entry.code)

    def into(self, label: Term, key: object, *, percent: bool = False) -> Place:
        path, parts = (*self.path, str(key)), (*self.parts, label)
        return replace(self, path=path, parts=parts, percent=percent)

    def part(self, name: str, of: str = "", *, percent: bool = False) -> Place:
        """Go into the field ``name`` of the model's class ``of``."""
        key = _IN_THE_FILE.get((of, name), name)
        return self.into(terms.part(name, of), key, percent=percent)

    def field_of(self, owner: Any, name: str, ratios: set[str]) -> Place:
        """Go into a field of ``owner``; ``ratios`` are the codes of figures that are shares."""
        codes = {getattr(owner, "code", ""), getattr(owner, "actual", "")}
        in_percent = name in _FIGURES and not codes.isdisjoint(ratios)
        return self.part(name, type(owner).__name__, percent=name in _SHARES or in_percent)


def ratios_of(policy: Policy) -> set[str]:
    """Return the codes of figures that are shares of one."""
    figures: list[Figure] = [*policy.measures, *policy.targets, *policy.constants, *policy.inputs]
    return {each.code for each in figures if each.unit == "ratio"}


def numbered(items: Sequence[Any]) -> dict[int, Any]:
    return dict(enumerate(items, 1))


def by_field(filters: Sequence[Filter]) -> dict[str, tuple[str, ...]]:
    return {each.field: each.values for each in filters}


def is_tuple_of(kind: type, *values: Any) -> bool:
    return all(isinstance(v, tuple) for v in values) and any(
        isinstance(each, kind) for value in values for each in value
    )


def is_pairs(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)


def is_nested(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, (*_FORMULAS, Bilingual, Table))


def shown(value: Any, percent: bool) -> Shown:  # noqa: PLR0911 (one return per kind)
    """Return a value as people write it."""
    match value:
        case Bilingual():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{plain_number(value * 100)}%" if percent else plain_number(value)
        case Row():
            return f"{_edge(value.edge)}: {shown(value.value, percent)}"
        case Table():
            percent = value.kind in RATED
            rows = ", ".join(str(shown(row, percent)) for row in value.rows)
            return f"{value.kind}({spell(value.of)}): {rows}"
        case LineTable() | UnitTable() | GridTable() | DecisionTable():
            return tabled(value)
        case DecisionRow():
            return " → ".join(spell(each) for each in (value.when, value.value) if each)
        case tuple():
            return ", ".join(str(shown(each, percent)) for each in value)
        case _ if isinstance(value, _FORMULAS):
            return spell(value)
        case Action():
            return _action(value)
        case _ if is_dataclass(value):
            given = (getattr(value, each.name) for each in fields(value))
            return ", ".join(str(shown(each, percent)) for each in given if each)
        case _:
            return str(value)


def _called(entry: Any) -> Bilingual | None:
    """Return an entry's name; a grade's has its letter before it."""
    name: Bilingual | None = entry.name
    if name is None or not isinstance(entry, Grade):
        return name
    return Bilingual(f"{entry.code} {name.zh}", f"{entry.code} {name.en}")


def _edge(edge: Decimal | None) -> str:
    return "…" if edge is None else plain_number(edge)


def _action(action: Action) -> Shown:
    """Return a whole action in a line; the text of an honour is shown in its language."""
    words = [action.grant or action.conclude or ""]
    if action.amount is not None:
        words.append(spell(action.amount))
    text = action.text
    line = ": ".join(words)
    return Bilingual(f"{line}: {text.zh}", f"{line}: {text.en}") if text else line
