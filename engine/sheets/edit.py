"""Edits of a rule file's text by path: what an edit does not touch stays byte for byte.

``edited(text, {("kpis", "revenue", "weight"): "35%"})`` puts the new text in the place of
the old scalar; ``None`` takes an entry out, and a name that is not there yet is added to its
mapping. Each edit is read back: it holds when the file then says the same as before but for
this one value, so a text that YAML would take for something else is quoted, or refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import N_, KaohengError, refuse
from engine.reader import Node, Path, read

_BOM = "\ufeff"
_BLOCK_SCALARS = ("|", ">")


def edited(text: str, changes: Mapping[Path, str | None], file: str = "") -> str:
    """Return ``text`` with each path's value written in, or taken out where it is None.

    Raises ``KaohengError`` where the text cannot be read, or a change cannot be placed in it.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    body = text.removeprefix(_BOM)
    for path, value in changes.items():
        body = _edited(body, path, value, file)
    return mark + body


def _edited(text: str, path: Path, value: str | None, file: str) -> str:
    tree = read(text, file)
    before = tree.root.plain()
    parent, found = _find(tree.root, path)
    if (None if found is None else found[1].plain()) == value and parent is not None:
        return text
    wanted = _with(before, path, value)
    for candidate in _candidates(text, parent, found, path, value):
        if candidate != text and _says(candidate, wanted):
            return candidate
    raise refuse(
        "rules.edit",
        N_("`{value}` cannot be written here."),
        N_("Change this part in the file itself."),
        place=tree.place(path),
        value="" if value is None else value[:40],
    )


def _says(text: str, wanted: Any) -> bool:
    try:
        return bool(read(text, "").root.plain() == wanted)
    except KaohengError:
        return False  # this spelling is no YAML here; the next one may be


def _with(value: Any, path: Path, new: str | None) -> Any:
    """Return the plain data as it should read after the edit; unplaceable paths change nothing."""
    head, *rest = path
    if isinstance(value, dict) and isinstance(head, str):
        changed = dict(value)
        if rest:
            if head in value:
                changed[head] = _with(value[head], tuple(rest), new)
        elif new is None:
            changed.pop(head, None)
        elif not isinstance(value.get(head), (dict, list)):
            changed[head] = new
        return changed
    if isinstance(value, list) and isinstance(head, int) and head < len(value):
        inner = _with(value[head], tuple(rest), new) if rest else new
        return [*value[:head], inner, *value[head + 1 :]]
    return value


def _candidates(
    text: str, parent: Node | None, found: tuple[Node, Node] | None, path: Path, value: str | None
) -> Iterator[str]:
    if value is None:
        if parent is not None and found is not None:
            yield from _without(text, parent, *found)
    elif found is not None:
        node = found[1]
        if node.text is not None and node.style not in _BLOCK_SCALARS:
            for spelling in _spellings(value, node.style):
                yield text[: node.start] + spelling + text[node.end :]
    elif parent is not None and parent.entries is not None:
        for spelling in _spellings(value, ""):
            yield _with_entry(text, parent, f"{path[-1]}: {spelling}")


def _find(root: Node, path: Path) -> tuple[Node | None, tuple[Node, Node] | None]:
    """Return the node that holds the last part of ``path``, and its key and value, if there."""
    parent: Node | None = None
    found: tuple[Node, Node] | None = (root, root)
    for part in path:
        if found is None:
            return None, None
        parent = found[1]
        found = parent.child(part)
    return parent, found


def _spellings(value: str, style: str) -> Iterator[str]:
    """Give the ways to write a scalar: as the old one was, plain, quoted, escaped."""
    quoted = "'" + value.replace("'", "''") + "'"
    escaped = json.dumps(value, ensure_ascii=False)
    yield {"'": quoted, '"': escaped}.get(style, value)
    yield from (value, quoted, escaped)


def _with_entry(text: str, mapping: Node, entry: str) -> str:
    """Add an entry at the end of a mapping, spaced as its own style has it."""
    if not mapping.entries:
        return f"{text[: mapping.start + 1]}{entry}{text[mapping.start + 1 :]}"
    keys = [key for key, _ in mapping.entries.values()]
    last = list(mapping.entries.values())[-1][1].end
    if mapping.style:
        return f"{text[:last]}, {entry}{text[last:]}"
    end = text.find("\n", last)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{' ' * (keys[0].column - 1)}{entry}{text[end:]}"


def _without(text: str, mapping: Node, key: Node, value: Node) -> Iterator[str]:
    """Take an entry out: with one of its commas in flow style, with its lines otherwise."""
    before, after = text[: key.start], text[value.end :]
    if mapping.style:
        if comma := re.match(r"\s*,\s*", after):
            yield before + after[comma.end() :]
        yield re.sub(r"\s*,\s*\Z", "", before) + after
        return
    line = before.rfind("\n") + 1
    rest = re.match(r"[ ]*(#[^\n]*)?(\n|\Z)", after)
    if not before[line:].strip() and rest:
        yield before[:line] + after[rest.end() :]
