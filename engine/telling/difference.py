"""What differs between two versions of a policy, as people say it: KPI, part, before → after.

Both are walked field by field, so nothing that counts can be left out: two policies without
a difference are equal. Entries are matched by their code; rows of a table, which have none,
by their place while there are as many, else by their edge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from typing import Any, Literal

from engine.model import (
    Bilingual,
    Dated,
    Filter,
    GridTable,
    Policy,
    Table,
    Workflow,
)
from engine.telling import terms
from engine.telling.places import (
    NUMBERED,
    RATED,
    Place,
    Shown,
    by_field,
    is_nested,
    is_pairs,
    is_tuple_of,
    numbered,
    ratios_of,
    shown,
)
from engine.telling.terms import Term


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    ``section`` says what sort of thing, ``name`` and ``code`` which (None and empty for the
    policy itself), ``parts`` what of it, from the outside in. ``before`` and ``after`` are as
    people write them, None where there is nothing; both are None for a whole entry. ``path``
    says where it is by the file's own names: ``("kpis", "revenue", "weight")``.
    """

    change: Literal["changed", "added", "removed"]
    section: Term
    name: Bilingual | None
    code: str
    parts: tuple[Term, ...] = ()
    before: Shown | None = None
    after: Shown | None = None
    path: tuple[str, ...] = ()

    @property
    def field(self) -> str:
        """The path with dots, as it is asked for."""
        return ".".join(self.path)


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """Return all that differs, in the order of the policy's sections; equal policies give none."""
    return tuple(_policy(before, after))


def _differs(place: Place, before: Any, after: Any) -> Difference:
    change: Any = "added" if before is None else "removed" if after is None else "changed"
    old, new = (None if each is None else shown(each, place.percent) for each in (before, after))
    return Difference(
        change, place.section, place.name, place.code, place.parts, old, new, place.path
    )


def _whole(place: Place, change: Literal["added", "removed"]) -> Difference:
    return Difference(change, place.section, place.name, place.code, path=place.path)


def _policy(before: Policy, after: Policy) -> Iterator[Difference]:
    ratios = ratios_of(before) | ratios_of(after)
    for each in fields(Policy):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old == new:
            continue
        if isinstance(old, tuple):
            yield from _entries(each.name, old, new, ratios)
        elif each.name == "workflow":
            yield from _workflow(old, new)
        elif each.name == "self_report" and old and new:
            for section in ("sections", "criteria"):
                was, now = getattr(old, section), getattr(new, section)
                yield from _entries(section, was, now, ratios)
        elif old is None or new is None:
            yield _whole(Place.of(each.name), "added" if old is None else "removed")
        elif each.name in terms.SECTIONS and is_dataclass(new):
            yield from _fields(Place.of(each.name), old, new, ratios)
        else:
            place = Place.of("policy").part(each.name)
            yield _differs(place, old, new)


def _workflow(before: Workflow | None, after: Workflow | None) -> Iterator[Difference]:
    place = Place.of("workflow")
    if before is None or after is None:
        yield _whole(place, "added" if before is None else "removed")
        return
    if before.stages != after.stages:
        yield _differs(place.part("stages"), before.stages, after.stages)
    for section in ("details", "transitions"):
        yield from _entries(section, getattr(before, section), getattr(after, section), set())


def _entries(
    section: str, before: Sequence[Any], after: Sequence[Any], ratios: set[str]
) -> Iterator[Difference]:
    old, new = ({each.code: each for each in each_of} for each_of in (before, after))
    for code, entry in (old | new).items():
        place = Place.of(section).entry(entry)
        if code not in old:
            yield _whole(place, "added")
        elif code not in new:
            yield _whole(place, "removed")
        else:
            yield from _fields(place, old[code], new[code], ratios)
    kept = [[code for code in codes if code in old and code in new] for codes in (old, new)]
    if kept[0] != kept[1]:
        place = Place.of(section).part("order")
        yield _differs(place, tuple(kept[0]), tuple(kept[1]))


def _fields(place: Place, before: Any, after: Any, ratios: set[str]) -> Iterator[Difference]:
    """Compare two objects of one kind, field by field."""
    for each in fields(after):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new:
            yield from _field(place.field_of(after, each.name, ratios), old, new, ratios)


def _field(place: Place, old: Any, new: Any, ratios: set[str]) -> Iterator[Difference]:
    if isinstance(old, Table) and isinstance(new, Table) and old.kind == new.kind:
        yield from _table(place, old, new)
    elif any(is_tuple_of(kind, old, new) for kind in NUMBERED):
        yield from _items(place, terms.row, numbered(old), numbered(new), ratios)
    elif is_tuple_of(Dated, old, new):
        was, now = ({each.start: each for each in rows} for rows in (old, new))
        yield from _items(place, terms.given, was, now, ratios)
    elif isinstance(old, GridTable) and isinstance(new, GridTable):
        yield from _grid(place, old, new, ratios)
    elif is_tuple_of(Filter, old, new):
        yield from _items(place, terms.given, by_field(old), by_field(new), ratios)
    elif is_pairs(old) or is_pairs(new):
        yield from _items(place, terms.given, dict(old), dict(new), ratios)
    elif is_nested(old) and is_nested(new):
        yield from _fields(place, old, new, ratios)
    else:
        yield _differs(place, old, new)


def _table(place: Place, before: Table, after: Table) -> Iterator[Difference]:
    for part in ("of", "bound", "above", "after"):
        old_part, new_part = getattr(before, part), getattr(after, part)
        if old_part != new_part:
            yield _differs(place.part(part), old_part, new_part)
    if before.rows == after.rows:
        return
    value = "rate" if after.kind in RATED else "points"
    if len(before.rows) == len(after.rows):
        for number, (old, new) in enumerate(zip(before.rows, after.rows, strict=True), 1):
            row = place.into(terms.row(number), number)
            if old.edge != new.edge:
                yield _differs(row.part("edge"), old.edge, new.edge)
            if old.value != new.value:
                yield _differs(row.part(value, percent=value == "rate"), old.value, new.value)
        return
    old_rows, new_rows = ({row.edge: row for row in table.rows} for table in (before, after))
    rows = place.part("rows", percent=value == "rate")
    for edge in old_rows | new_rows:
        if old_rows.get(edge) != new_rows.get(edge):
            yield _differs(rows, old_rows.get(edge), new_rows.get(edge))


def _grid(
    place: Place, before: GridTable, after: GridTable, ratios: set[str]
) -> Iterator[Difference]:
    """Compare cell by cell while there are as many, else the whole of them."""
    if len(before.values) != len(after.values):
        yield _differs(place, before, after)
        return
    if before.grid != after.grid:
        axes = place.part("grid")
        yield from _items(axes, terms.row, numbered(before.grid), numbered(after.grid), ratios)
    sizes = [axis.size for axis in after.grid]
    cells = product(*(range(1, size + 1) for size in sizes))
    for cell, old, new in zip(cells, before.values, after.values, strict=True):
        if old != new:
            yield _differs(place.into(terms.cell(cell), "/".join(map(str, cell))), old, new)


def _items(
    place: Place,
    label: Callable[[Any], Term],
    old: Mapping[Any, Any],
    new: Mapping[Any, Any],
    ratios: set[str],
) -> Iterator[Difference]:
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if before == after:
            continue
        inner = place.into(label(key), key, percent=place.percent)
        if is_dataclass(before) and is_dataclass(after):
            yield from _fields(inner, before, after, ratios)
        else:
            yield _differs(inner, before, after)
