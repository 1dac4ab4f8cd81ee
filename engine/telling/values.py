"""Every value of a policy by its path, as people write it: what a field said in a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from engine.model import Bilingual, Dated, Filter, Policy
from engine.telling import terms
from engine.telling.places import (
    NUMBERED,
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
class Value:
    """A value, where it stands in words, and the dotted path that a ``Difference`` of it has."""

    field: str
    section: Term
    name: Bilingual | None
    parts: tuple[Term, ...]
    shown: Shown


def values_of(policy: Policy) -> dict[str, Value]:
    """Return each value that is given, by its field, in the order of the policy's sections.

    A table is one value, whole: its rows have no names that would outlive a change.
    """
    return {each.field: each for each in _policy(policy)}


def _policy(policy: Policy) -> Iterator[Value]:
    ratios = ratios_of(policy)
    for each in fields(Policy):
        value = getattr(policy, each.name)
        if value is None:
            continue
        if isinstance(value, tuple):
            yield from _entries(each.name, value, ratios)
        elif each.name == "workflow":
            yield from _value(Place.of("workflow").part("stages"), value.stages, ratios)
            for section in ("details", "transitions"):
                yield from _entries(section, getattr(value, section), set())
        elif each.name == "self_report":
            for section in ("sections", "criteria"):
                yield from _entries(section, getattr(value, section), set())
        elif each.name in terms.SECTIONS and is_nested(value):
            yield from _fields(Place.of(each.name), value, ratios)
        else:
            yield _given(Place.of("policy").part(each.name), value)


def _entries(section: str, entries: tuple[Any, ...], ratios: set[str]) -> Iterator[Value]:
    for each in entries:
        yield from _fields(Place.of(section).entry(each), each, ratios)


def _fields(place: Place, owner: Any, ratios: set[str]) -> Iterator[Value]:
    for each in fields(owner):
        value = getattr(owner, each.name)
        if value is not None and value != () and each.name != "code":
            yield from _value(place.field_of(owner, each.name, ratios), value, ratios)


def _value(place: Place, value: Any, ratios: set[str]) -> Iterator[Value]:
    if is_nested(value) and not _is_table(value):
        yield from _fields(place, value, ratios)
        return
    items = _items(value)
    if items is None:
        yield _given(place, value)
        return
    for key, each in items.items():
        label = terms.row(key) if isinstance(key, int) else terms.given(key)
        inner = place.into(label, key, percent=place.percent)
        if is_nested(each):
            yield from _fields(inner, each, ratios)
        else:
            yield _given(inner, each)


def _items(value: Any) -> Mapping[Any, Any] | None:
    """Return what stands in a value by number, day or name; None where it is one whole."""
    if any(is_tuple_of(kind, value) for kind in NUMBERED):
        return numbered(value)
    if is_tuple_of(Dated, value):
        return {each.start: each for each in value}
    if is_tuple_of(Filter, value):
        return by_field(value)
    return dict(value) if is_pairs(value) else None


def _is_table(value: Any) -> bool:
    return type(value).__name__.endswith("Table")


def _given(place: Place, value: Any) -> Value:
    field = ".".join(place.path)
    return Value(field, place.section, place.name, place.parts, shown(value, place.percent))
