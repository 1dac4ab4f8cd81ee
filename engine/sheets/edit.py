"""Edits of a rule file's text by path: what an edit does not touch stays byte for byte.

``edited(text, {("kpis", "revenue", "weight"): "35%"})`` puts the new text in the place of
the old scalar; a list takes the place of a list, ``None`` takes an entry out, and a name that
is not there yet is added to its mapping. Edits are read back: they hold when the file then says
the same as before but for these values, so a text that YAML would take for something else is
quoted, or refused. Many changes are spliced at once and read back once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from engine.errors import N_, KaohengError, refuse
from engine.reader import Node, Path, Tree, read
from engine.sheets.splices import Splice, entry_added, entry_removed, same, spliced, value_replaced
from engine.sheets.writing import spelled, spellings, written
from engine.text import MARK

Change = str | list[str] | None
_BLOCK_SCALARS = ("|", ">")


def edited(text: str, changes: Mapping[Path, Change], file: str = "") -> str:
    """Return ``text`` with each path's value written in, or taken out where it is None.

    Raises ``KaohengError`` where the text cannot be read, or a change cannot be placed in it.
    """
    mark = MARK if text.startswith(MARK) else ""
    body = text.removeprefix(MARK)
    waiting = dict(changes)
    while waiting:
        now = _together(waiting)
        waiting = {path: value for path, value in waiting.items() if path not in now}
        body = _at_once(body, now, file)
    return mark + body


def _together(changes: Mapping[Path, Change]) -> dict[Path, Change]:
    """Return the changes that do not meet: of the entries of one mapping the first only.

    What changes in place meets nothing, but that is known only once the text is read; entries
    that are next to each other in the form are seldom all new.
    """
    chosen: dict[Path, Change] = {}
    parents: set[Path] = set()
    for path, value in changes.items():
        if value is None or isinstance(value, list):
            if path[:-1] in parents:
                continue
            parents.add(path[:-1])
        chosen[path] = value
    return chosen


def _at_once(text: str, changes: Mapping[Path, Change], file: str) -> str:
    tree = read(text, file)
    wanted = before = tree.root.plain()
    splices: list[Splice | None] = []
    for path, value in changes.items():
        if _at(before, path) != value:
            wanted = _with(wanted, path, value)
            splices.append(_likely(text, tree, path, value))
    if None not in splices:
        after = spliced(text, [each for each in splices if each])
        if after is not None and same(after, wanted):
            return after
    for path, value in changes.items():
        text = _edited(text, path, value, file)
    return text


def _likely(text: str, tree: Tree, path: Path, value: Change) -> Splice | None:
    """Return the first candidate for a change; a scalar is spelled as its place reads it."""
    parent, found = _find(tree.root, path)
    node = found[1] if found else None
    if isinstance(value, str) and node and node.text is not None and not _is_block(node):
        flow = bool(parent and parent.style)
        return Splice(node.start, node.end, spelled(value, node.style, flow=flow))
    return next(_candidates(text, parent, found, path, value), None)


def _edited(text: str, path: Path, value: Change, file: str) -> str:
    tree = read(text, file)
    before = tree.root.plain()
    if _at(before, path) == value and _find(tree.root, path)[0] is not None:
        return text
    wanted = _with(before, path, value)
    for splice in _candidates(text, *_find(tree.root, path), path, value):
        candidate = spliced(text, [splice])
        if candidate is not None and candidate != text and same(candidate, wanted):
            return candidate
    raise cannot_be_written(tree, path, value)


def cannot_be_written(tree: Tree, path: Path, value: Change) -> KaohengError:
    shown = ", ".join(value) if isinstance(value, list) else value or ""
    return refuse(
        "rules.edit",
        N_("`{value}` cannot be written here."),
        N_("Change this part in the file itself."),
        place=tree.place(path),
        value=shown[:40],
    )


def _at(data: Any, path: Path) -> Any:
    for part in path:
        if isinstance(data, dict) and isinstance(part, str):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def _with(value: Any, path: Path, new: Change) -> Any:
    """Return the plain data as it should read after the edit; unplaceable paths change nothing."""
    head, *rest = path
    if isinstance(value, dict) and isinstance(head, str):
        changed = dict(value)
        if rest:
            if head in value:
                changed[head] = _with(value[head], tuple(rest), new)
        elif new is None:
            changed.pop(head, None)
        elif not isinstance(value.get(head), dict if isinstance(new, list) else (dict, list)):
            changed[head] = new
        return changed
    if isinstance(value, list) and isinstance(head, int) and head < len(value):
        inner = _with(value[head], tuple(rest), new) if rest else new
        return [*value[:head], inner, *value[head + 1 :]]
    return value


def _candidates(
    text: str, parent: Node | None, found: tuple[Node, Node] | None, path: Path, value: Change
) -> Iterator[Splice]:
    if value is None:
        if parent is not None and found is not None:
            yield from entry_removed(text, parent, *found)
    elif isinstance(value, list):
        if found is not None:
            yield from _items(found[1], value)
            yield from value_replaced(text, *found, written(value))
        elif parent is not None and parent.entries is not None:
            yield from entry_added(text, parent, f"{path[-1]}: {written(value)}")
    elif found is not None:
        node = found[1]
        if node.text is not None and not _is_block(node):
            for spelling in spellings(value, node.style):
                yield Splice(node.start, node.end, spelling)
    elif parent is not None and parent.entries is not None:
        for spelling in spellings(value):
            yield from entry_added(text, parent, f"{path[-1]}: {spelling}")


def _items(node: Node, value: list[str]) -> Iterator[Splice]:
    """Change the items where they stand, while there are as many; the rest of the list stays."""
    differing = [
        (item, new)
        for item, new in zip_longest(node.items or [], value)
        if item is None or new is None or item.text != new
    ]
    if len(differing) == 1 and (pair := differing[0])[0] and pair[1]:
        item, new = pair
        yield Splice(item.start, item.end, spelled(new, item.style, flow=bool(node.style)))


def _is_block(scalar: Node) -> bool:
    return scalar.style in _BLOCK_SCALARS


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
