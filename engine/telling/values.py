"""Every value of a policy by its path, as people write it: what a field said in a version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from engine.canonical import from_canonical
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


@lru_cache(maxsize=1024)
def values_in(canonical: str) -> dict[str, Value]:
    """Return the values of a version's canonical form; a version never changes, so it is kept."""
    return values_of(from_canonical(canonical))


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
            yield from _entries("transitions", value.transitions, set())
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
    if any(is_tuple_of(kind, value) for kind in NUMBERED):
        items, label = numbered(value), terms.row
    elif is_tuple_of(Dated, value):
        items, label = {each.start: each for each in value}, terms.given
    elif is_tuple_of(Filter, value):
        items, label = by_field(value), terms.given
    elif is_pairs(value):
        items, label = dict(value), terms.given
    elif is_nested(value) and not _is_table(value):
        yield from _fields(place, value, ratios)
        return
    else:
        yield _given(place, value)
        return
    for key, each in items.items():
        inner = place.into(label(key), key, percent=place.percent)
        if is_nested(each):
            yield from _fields(inner, each, ratios)
        else:
            yield _given(inner, each)


def _is_table(value: Any) -> bool:
    return type(value).__name__.endswith("Table")


def _given(place: Place, value: Any) -> Value:
    field = ".".join(place.path)
    return Value(field, place.section, place.name, place.parts, shown(value, place.percent))
