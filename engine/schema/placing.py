"""Marshmallow's nested messages → faults with line, column, path and remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import N_, Fault
from engine.language.expression import Expression, ExpressionError, Name, parse
from engine.language.wording import names, terms
from engine.reader import Path, Tree, walk
from engine.schema.said import Said

# What marshmallow says by itself, in our words.
_OWN = {
    "Missing data for required field.": (
        "rules.missing",
        N_("`{name}` is missing."),
        N_("Add it."),
    ),
    "Field may not be null.": (
        "rules.empty",
        N_("`{name}` is empty."),
        N_("Give it a value, or remove it."),
    ),
}
_OTHER = (
    "rules.mapping",
    N_("Named entries are expected here."),
    N_("Write one `name: value` a line, indented."),
)


def faults(messages: Any, tree: Tree, path: Path = ()) -> Iterator[Fault]:
    """Give a fault for each message, placed at its node or at the nearest one that exists."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from faults(inner, tree, path if key == "_schema" else (*path, key))
        return
    for message in [messages] if isinstance(messages, str) else messages:
        if isinstance(message, str):
            yield fault(message, tree, path)
        else:
            yield from faults(message, tree, path)


def fault(message: str, tree: Tree, path: Path) -> Fault:
    if isinstance(message, Said):
        if message.part is not None:
            path = _narrowed(tree, path, message.part)
        place = tree.place(path, key=message.at_key, offset=message.offset)
        return Fault(message.code, str(message), message.remedy, message.params, place)
    code, text, remedy = _OWN.get(message, _OTHER)
    return Fault(code, text, remedy, {"name": str(path[-1]) if path else ""}, tree.place(path))


def _narrowed(tree: Tree, path: Path, part: Expression) -> Path:
    """Return where below ``path`` the text stands that has ``part``, or ``path`` itself."""
    found = (
        (*path, *below)
        for below, node in walk(tree.node(path))
        if node.text is not None and _has(node.text, part)
    )
    return next(found, path)


def _has(text: str, part: Expression) -> bool:
    try:
        formula = parse(text)
    except ExpressionError:
        return False
    return part in (names(formula) if isinstance(part, Name) else terms(formula))
