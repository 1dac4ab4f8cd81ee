"""What may be typed into a policy's text: the keys of the language, the names of this policy."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import Schema, fields

from admin.preferences import language
from engine.errors import KaohengError
from engine.reader import Node, read_all
from engine.schema.fields import Many, One
from engine.schema.policy import PolicySchema

Words = dict[str, Any]


def words_of(text: str) -> Words:
    """Return ``keys`` by the section they stand in (empty: top level) and the ``names`` defined."""
    return {"keys": _keys(), "names": _names(text)}


@cache
def _keys() -> dict[str, list[str]]:
    top = PolicySchema().fields
    return {"": list(top), **{name: sorted(_within(field)) for name, field in top.items()}}


def _within(field: fields.Field[Any]) -> set[str]:
    """Give the keys that an entry of a section may have, at any depth."""
    schema = getattr(field.inner if isinstance(field, Many) else field, "schema", None)
    if not isinstance(schema, type) or not issubclass(schema, Schema):
        return set()
    inner = schema().fields
    names = {each.data_key or name for name, each in inner.items()}
    return names.union(*(_within(each) for each in inner.values() if isinstance(each, (One, Many))))


def _names(text: str) -> list[dict[str, str]]:
    try:
        tree, _ = read_all(text, "")
    except KaohengError:
        return []
    return [
        {"label": code, "detail": _called(entry), "section": section}
        for section, (_, node) in (tree.root.entries or {}).items()
        for code, (_, entry) in (node.entries or {}).items()
        if section not in {"name", "scope", "total", "rounding", "presence", "workflow"}
    ]


def _called(entry: Node) -> str:
    name = entry.child("name")
    said = name[1].child(language()) if name else None
    return said[1].text or "" if said else ""
