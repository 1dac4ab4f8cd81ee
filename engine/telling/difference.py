"""What differs between two versions of a policy, as people say it: KPI, part, before → after.

Both are walked field by field, so nothing that counts can be left out: two policies without
a difference are equal. Entries are matched by their code; rows of a table, which have none,
by their place while there are as many, else by their edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from itertools import product
from typing import Any, Literal, get_args

from engine.language.expression import Expression
from engine.language.wording import spell
from engine.model import (
    Action,
    Axis,
    Bilingual,
    Dated,
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
    Row,
    Table,
    UnitTable,
    Workflow,
)
from engine.plain import plain_number
from engine.tables.words import tabled
from engine.telling import terms
from engine.telling.terms import Term

Shown = str | Bilingual
_FORMULAS = get_args(Expression)
RATED = frozenset({"marginal", "whole", "cliff"})  # tables whose rows have rates


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    ``section`` says what sort of thing, ``name`` and ``code`` which (None and empty for the
    policy itself), ``parts`` what of it, from the outside in. ``before`` and ``after`` are as
    people write them, None where there is nothing; both are None for a whole entry.
    """

    change: Literal["changed", "added", "removed"]
    section: Term
    name: Bilingual | None
    code: str
    parts: tuple[Term, ...] = ()
    before: Shown | None = None
    after: Shown | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk is; ``percent`` when shares of one are written as percentages here."""

    section: Term
    name: Bilingual | None = None
    code: str = ""
    parts: tuple[Term, ...] = ()
    percent: bool = False

    def into(self, part: Term, percent: bool = False) -> _Place:
        return _Place(self.section, self.name, self.code, (*self.parts, part), percent)

    def differs(self, before: Any, after: Any) -> Difference:
        change: Any = "added" if before is None else "removed" if after is None else "changed"
        shown = [None if each is None else _shown(each, self.percent) for each in (before, after)]
        return Difference(change, self.section, self.name, self.code, self.parts, *shown)

    def whole(self, change: Literal["added", "removed"]) -> Difference:
        return Difference(change, self.section, self.name, self.code)


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """Return all that differs, in the order of the policy's sections; equal policies give none."""
    return tuple(_policy(before, after))


def _policy(before: Policy, after: Policy) -> Iterator[Difference]:
    ratios = _ratios(before) | _ratios(after)
    for each in fields(Policy):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old == new:
            continue
        if isinstance(old, tuple):
            yield from _entries(each.name, old, new, ratios)
        elif each.name == "workflow":
            yield from _workflow(old, new)
        elif old is None or new is None:
            yield _Place(terms.section(each.name)).whole("added" if old is None else "removed")
        elif each.name in terms.SECTIONS and is_dataclass(new):
            yield from _fields(_Place(terms.section(each.name)), old, new, ratios)
        else:
            place = _Place(terms.section("policy")).into(terms.part(each.name))
            yield place.differs(old, new)


def _ratios(policy: Policy) -> set[str]:
    """Return the codes of figures that are shares of one."""
    figures: list[Figure] = [*policy.measures, *policy.targets, *policy.constants, *policy.inputs]
    return {each.code for each in figures if each.unit == "ratio"}


def _workflow(before: Workflow | None, after: Workflow | None) -> Iterator[Difference]:
    place = _Place(terms.section("workflow"))
    if before is None or after is None:
        yield place.whole("added" if before is None else "removed")
        return
    if before.stages != after.stages:
        yield place.into(terms.part("stages")).differs(before.stages, after.stages)
    yield from _entries("transitions", before.transitions, after.transitions, set())


def _entries(
    section: str, before: Sequence[Any], after: Sequence[Any], ratios: set[str]
) -> Iterator[Difference]:
    old, new = ({each.code: each for each in each_of} for each_of in (before, after))
    for code, entry in (old | new).items():
        place = _Place(terms.section(section), _called(entry), code)
        if code not in old:
            yield place.whole("added")
        elif code not in new:
            yield place.whole("removed")
        else:
            yield from _fields(place, old[code], new[code], ratios)
    kept = [[code for code in codes if code in old and code in new] for codes in (old, new)]
    if kept[0] != kept[1]:
        place = _Place(terms.section(section)).into(terms.part("order"))
        yield place.differs(tuple(kept[0]), tuple(kept[1]))


def _called(entry: Any) -> Bilingual | None:
    """Return an entry's name; a grade's has its letter before it."""
    name: Bilingual | None = entry.name
    if name is None or not isinstance(entry, Grade):
        return name
    return Bilingual(f"{entry.code} {name.zh}", f"{entry.code} {name.en}")


def _fields(place: _Place, before: Any, after: Any, ratios: set[str]) -> Iterator[Difference]:
    """Compare two objects of one kind, field by field."""
    codes = {getattr(after, "code", ""), getattr(after, "actual", "")}
    in_percent = not codes.isdisjoint(ratios)
    for each in fields(after):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new:
            percent = each.name in _SHARES or (in_percent and each.name in _FIGURES)
            yield from _field(
                place.into(terms.part(each.name, type(after).__name__), percent), old, new, ratios
            )


_NUMBERED = (Action, Payout, Point, Axis, DecisionRow)
_SHARES = frozenset({"weight", "weight_band", "raters", "share", "deduction_rate"})
_FIGURES = frozenset(
    {"threshold", "target", "stretch", "company", "value", "default", "min", "max"}
)


def _field(place: _Place, old: Any, new: Any, ratios: set[str]) -> Iterator[Difference]:
    if isinstance(old, Table) and isinstance(new, Table) and old.kind == new.kind:
        yield from _table(place, old, new)
    elif any(_is_tuple_of(kind, old, new) for kind in _NUMBERED):
        yield from _items(place, terms.row, _numbered(old), _numbered(new), ratios)
    elif _is_tuple_of(Dated, old, new):
        was, now = ({each.start: each for each in rows} for rows in (old, new))
        yield from _items(place, terms.given, was, now, ratios)
    elif isinstance(old, GridTable) and isinstance(new, GridTable):
        yield from _grid(place, old, new, ratios)
    elif _is_tuple_of(Filter, old, new):
        yield from _items(place, terms.given, _by_field(old), _by_field(new), ratios)
    elif _is_pairs(old) or _is_pairs(new):
        yield from _items(place, terms.given, dict(old), dict(new), ratios)
    elif _nested(old) and _nested(new):
        yield from _fields(place, old, new, ratios)
    else:
        yield place.differs(old, new)


def _table(place: _Place, before: Table, after: Table) -> Iterator[Difference]:
    for part in ("of", "bound", "above", "after"):
        old_part, new_part = getattr(before, part), getattr(after, part)
        if old_part != new_part:
            yield place.into(terms.part(part)).differs(old_part, new_part)
    if before.rows == after.rows:
        return
    value = "rate" if after.kind in RATED else "points"
    if len(before.rows) == len(after.rows):
        for number, (old, new) in enumerate(zip(before.rows, after.rows, strict=True), 1):
            row = place.into(terms.row(number))
            if old.edge != new.edge:
                yield row.into(terms.part("edge")).differs(old.edge, new.edge)
            if old.value != new.value:
                yield row.into(terms.part(value), value == "rate").differs(old.value, new.value)
        return
    old_rows, new_rows = ({row.edge: row for row in table.rows} for table in (before, after))
    rows = place.into(terms.part("rows"), value == "rate")
    for edge in old_rows | new_rows:
        if old_rows.get(edge) != new_rows.get(edge):
            yield rows.differs(old_rows.get(edge), new_rows.get(edge))


def _grid(
    place: _Place, before: GridTable, after: GridTable, ratios: set[str]
) -> Iterator[Difference]:
    """Compare cell by cell while there are as many, else the whole of them."""
    if len(before.values) != len(after.values):
        yield place.differs(before, after)
        return
    if before.grid != after.grid:
        axes = place.into(terms.part("grid"))
        yield from _items(axes, terms.row, _numbered(before.grid), _numbered(after.grid), ratios)
    sizes = [axis.size for axis in after.grid]
    cells = product(*(range(1, size + 1) for size in sizes))
    for cell, old, new in zip(cells, before.values, after.values, strict=True):
        if old != new:
            yield place.into(terms.cell(cell)).differs(old, new)


def _items(
    place: _Place,
    label: Callable[[Any], Term],
    old: Mapping[Any, Any],
    new: Mapping[Any, Any],
    ratios: set[str],
) -> Iterator[Difference]:
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        inner = place.into(label(key), place.percent)
        if is_dataclass(before) and is_dataclass(after):
            yield from _fields(inner, before, after, ratios)
        else:
            yield inner.differs(before, after)


def _numbered(items: Sequence[Any]) -> dict[int, Any]:
    return dict(enumerate(items, 1))


def _by_field(filters: Sequence[Filter]) -> dict[str, tuple[str, ...]]:
    return {each.field: each.values for each in filters}


def _is_tuple_of(kind: type, *values: Any) -> bool:
    return all(isinstance(v, tuple) for v in values) and any(
        isinstance(each, kind) for value in values for each in value
    )


def _is_pairs(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)


def _nested(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, (*_FORMULAS, Bilingual, Table))


def _shown(value: Any, percent: bool) -> Shown:  # noqa: PLR0911 (one return per kind)
    match value:
        case Bilingual():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{plain_number(value * 100)}%" if percent else plain_number(value)
        case Row():
            return f"{_edge(value.edge)}: {_shown(value.value, percent)}"
        case Table():
            percent = value.kind in RATED
            rows = ", ".join(str(_shown(row, percent)) for row in value.rows)
            return f"{value.kind}({spell(value.of)}): {rows}"
        case LineTable() | UnitTable() | GridTable() | DecisionTable():
            return tabled(value)
        case DecisionRow():
            return " → ".join(spell(each) for each in (value.when, value.value) if each)
        case tuple():
            return ", ".join(str(_shown(each, percent)) for each in value)
        case _ if isinstance(value, _FORMULAS):
            return spell(value)
        case Action():
            return _action(value)
        case _ if is_dataclass(value):
            given = (getattr(value, each.name) for each in fields(value))
            return ", ".join(str(_shown(each, percent)) for each in given if each)
        case _:
            return str(value)


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
