"""Whole entries put into a rule file's text as they are written elsewhere, with their comments.

``grafted(text, "kpis", "revenue", block)`` adds an entry at the end of its section. It is read
back, as in ``engine.sheets.edit``: the file then says the same as before, and this.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from engine.errors import N_, KaohengError, refuse
from engine.reader import Node, read
from engine.schema.policy import PolicySchema
from engine.sheets.writing import written

_SECTIONS = tuple(PolicySchema().fields)
_INDENT = "  "


def block_of(text: str, node: Node, code: str) -> str:
    """Return an entry of a block mapping as it is written: its key, value and comments."""
    key, value = (node.entries or {})[code]
    first = text.rfind("\n", 0, key.start) + 1
    last = text.find("\n", value.end)
    return textwrap.dedent(text[first : len(text) if last < 0 else last])


def grafted(text: str, section: str, code: str, block: str, file: str = "") -> str:
    """Return ``text`` with the entry ``code`` of ``section``, which is written as ``block``.

    A section that is not there yet begins where a policy has it. Raises ``KaohengError`` where
    the entry is there already, or the text cannot be read.
    """
    tree = read(text, file)
    before = tree.root.plain()
    held = before.get(section) or {}
    if not isinstance(held, dict) or code in held:
        raise _unwritable(tree.place((section,)), code)
    entry = read(block, file).root.plain()
    wanted = {**before, section: {**held, **entry}}
    found = tree.root.child(section)
    for candidate in _grafts(text, tree.root, found and found[1], section, block):
        if _says(candidate, wanted):
            return candidate
    raise _unwritable(tree.place((section,)), code)


def _grafts(text: str, root: Node, node: Node | None, section: str, block: str) -> Iterator[str]:
    """Give the ways to write an entry: as the others of its section, or as the first of it."""
    if node is None:
        yield _section_added(text, root, f"{section}:\n{textwrap.indent(block, _INDENT)}")
    elif not node.entries:
        start = text[: node.start].rstrip()
        yield f"{start}\n{textwrap.indent(block, _INDENT)}{text[node.end :]}"
    elif node.style:
        last = list(node.entries.values())[-1][1].end
        (code, plain), *_ = read(block, "").root.plain().items()
        yield f"{text[:last]}, {code}: {written(plain)}{text[last:]}"
    else:
        column = next(iter(node.entries.values()))[0].column - 1
        yield _line_added(text, node, textwrap.indent(block, " " * column))


def _section_added(text: str, root: Node, entry: str) -> str:
    """Put a section after the last of those that come before it in a policy."""
    place = _SECTIONS.index(entry.partition(":")[0])
    there = (found for name in reversed(_SECTIONS[:place]) if (found := root.child(name)))
    before = next(there, None)
    return _line_added(text, before[1] if before else root, f"\n{entry}")


def _line_added(text: str, after: Node, lines: str) -> str:
    end = text.find("\n", after.end)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{lines}{text[end:]}"


def _says(text: str, wanted: Any) -> bool:
    """Say whether a text reads as ``wanted``; a new section may stand between the others."""
    try:
        return bool(read(text, "").root.plain() == wanted)
    except KaohengError:
        return False


def _unwritable(place: Any, code: str) -> KaohengError:
    return refuse(
        "rules.graft",
        N_("`{code}` cannot be written here."),
        N_("Change this part in the file itself."),
        place=place,
        code=code,
    )
