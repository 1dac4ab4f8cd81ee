"""What may be typed into a policy's text: the keys of the language, the names of this policy."""

from __future__ import annotations

from functools import cache
from typing import Any

from marshmallow import Schema, fields

from admin.preferences import language, translate
from engine.errors import N_, KaohengError
from engine.reader import Node, read_all
from engine.schema.fields import Many, One
from engine.schema.policy import PolicySchema

Words = dict[str, Any]
# What CodeMirror itself says, under its own words for it.
PHRASES = (
    N_("Find"),
    N_("Replace"),
    N_("next"),
    N_("previous"),
    N_("all"),
    N_("match case"),
    N_("regexp"),
    N_("by word"),
    N_("replace"),
    N_("replace all"),
    N_("close"),
    N_("current match"),
    N_("on line"),
    N_("Diagnostics"),
    N_("No diagnostics"),
    N_("Completions"),
    N_("Fold line"),
    N_("Unfold line"),
    N_("Folded lines"),
    N_("Unfolded lines"),
    N_("folded code"),
    N_("unfold"),
    N_("Go to line"),
    N_("go"),
    N_("to"),
    N_("Selection deleted"),
    N_("Control character"),
    N_("replaced $ matches"),
    N_("replaced match on line $"),
)


def words_of(text: str) -> Words:
    """Return ``keys`` by the section they stand in (empty: top level) and the ``names`` defined.

    ``phrases`` are the editor's own words in this language.
    """
    phrases = {phrase: translate(phrase) for phrase in PHRASES}
    return {"keys": _keys(), "names": _names(text), "phrases": phrases}


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
