"""Edits of a rule file's structure: entries and rows put in, taken out, copied, moved, replaced.

As in ``engine.sheets.edit``, what is not touched stays byte for byte, comments and order
included, in flow and in block style, and each edit is read back: it must say exactly what was
meant. New text is written on one line, as the shipped files have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from engine.reader import Node, Path, Tree, read
from engine.sheets.edit import cannot_be_written
from engine.sheets.splices import (
    Splice,
    block_span,
    entry_added,
    entry_removed,
    item_added,
    line_end,
    same,
    spliced,
    swapped,
    value_replaced,
)
from engine.sheets.writing import lines, spelled, written
from engine.text import MARK

Pair = tuple[Node, Node]


def added(text: str, path: Path, data: Any, file: str = "") -> str:
    """Put ``data`` (dicts, lists, texts) in at ``path``, making the section that is to hold it.

    The last part is the name of an entry, or the place of an item: it then stands before what
    has that place now. Raises ``KaohengError`` where it cannot be placed, or is there already.
    """

    def candidates(body: str, tree: Tree) -> Iterator[Splice]:
        holder = _holder(tree, path)
        if holder is None:
            return
        if holder.items is not None and isinstance(path[-1], int):
            for each in (written(data, flow=False), written(data)):
                yield from item_added(body, holder, path[-1] - 1, each)
        elif holder.entries is not None and path[-1] not in holder.entries:
            if len(path) == 1 and not isinstance(data, str) and data:
                entry = "\n".join([f"{path[-1]}:", *lines(data, 2)])
                yield from entry_added(body, holder, entry)
            flow = bool(holder.style)
            entry = f"{spelled(str(path[-1]))}: {written(data, flow=flow)}"
            yield from entry_added(body, holder, entry)

    missing = _missing(text, path)
    if missing < len(path) - 1:
        for part in reversed(path[missing + 1 :]):
            data = {part: data} if isinstance(part, str) else [data]
        path = path[: missing + 1]
        if _null(text, path):
            return replaced(text, path, data, file)
    return _edit(text, path, lambda plain: _put(plain, path, data), candidates, file)


def removed(text: str, path: Path, file: str = "") -> str:
    """Take an entry or item out, with its lines; comments above it stay."""

    def candidates(body: str, tree: Tree) -> Iterator[Splice]:
        holder, pair = _pair(tree, path)
        if holder is not None and pair is not None:
            yield from entry_removed(body, holder, *pair)

    return _edit(text, path, lambda plain: _taken(plain, path), candidates, file)


def replaced(text: str, path: Path, data: Any, file: str = "") -> str:
    """Write ``data`` in the place of a whole value."""

    def candidates(body: str, tree: Tree) -> Iterator[Splice]:
        holder, pair = _pair(tree, path)
        if holder is not None and pair is not None:
            for each in (written(data, flow=bool(holder.style)), written(data)):
                yield from value_replaced(body, *pair, each)
                yield Splice(pair[0].end, pair[1].end, f": {each}")  # of a name with nothing

    return _edit(text, path, lambda plain: _set(plain, path, data), candidates, file)


def wrapped(text: str, path: Path, word: str, more: Any, file: str = "") -> str:
    """Make a condition the first of several: ``{all: [condition, more]}``."""
    return replaced(text, path, {word: [_value(text, path), more]}, file)


def renamed_key(text: str, path: Path, name: str, file: str = "") -> str:
    """Call an entry otherwise; what refers to it is not looked at."""

    def candidates(_body: str, tree: Tree) -> Iterator[Splice]:
        _, pair = _pair(tree, path)
        if pair is not None:
            yield Splice(pair[0].start, pair[0].end, spelled(name))

    def change(of: Any) -> Any:
        return {name if key == path[-1] else key: each for key, each in of.items()}

    return _edit(text, path, lambda plain: _within(plain, path, change), candidates, file)


def copied(text: str, path: Path, code: str = "", file: str = "") -> str:
    """Put a copy of an entry (called ``code``) or item right after it, as it is written."""

    def candidates(body: str, tree: Tree) -> Iterator[Splice]:
        holder, pair = _pair(tree, path)
        if holder is None or pair is None:
            return
        key, value = pair
        start, end = (
            (key.start, value.end) if holder.style else block_span(body, holder, key, value)
        )
        again = body[start:end]
        if isinstance(path[-1], str):
            again = code + body[key.end : end]
        at = end if holder.style else line_end(body, value)
        space = " " * (start - body.rfind("\n", 0, start) - 1)
        yield Splice(at, at, f", {again}" if holder.style else f"\n{space}{again}")

    return _edit(text, path, lambda plain: _copied(plain, path, code), candidates, file)


def moved(text: str, path: Path, by: int, file: str = "") -> str:
    """Move an entry or item one place up (-1) or down (1), with the comments right above it.

    The first one does not move up, nor the last one down.
    """

    def candidates(body: str, tree: Tree) -> Iterator[Splice]:
        holder, _ = _pair(tree, path)
        if holder is None:
            return
        all_of = _pairs(holder)
        place = [name for name, _ in all_of].index(path[-1])
        first, second = sorted((place, place + by))
        if first >= 0 and second < len(all_of):
            yield from swapped(body, holder, all_of[first][1], all_of[second][1])

    plain = read(text.removeprefix(MARK), file).root.plain()
    wanted = _moved(plain, path, by)
    if wanted == plain and list(_in(wanted, path)) == list(_in(plain, path)):
        return text
    return _edit(text, path, lambda _: wanted, candidates, file)


def _edit(
    text: str,
    path: Path,
    change: Callable[[Any], Any],
    candidates: Callable[[str, Tree], Iterator[Splice]],
    file: str,
) -> str:
    mark = MARK if text.startswith(MARK) else ""
    body = text.removeprefix(MARK)
    tree = read(body, file)
    wanted = change(tree.root.plain())
    for splice in candidates(body, tree):
        after = spliced(body, [splice])
        if after is not None and same(after, wanted):
            return mark + after
    raise cannot_be_written(tree, path, str(path[-1]))


def _pair(tree: Tree, path: Path) -> tuple[Node | None, Pair | None]:
    holder = _holder(tree, path)
    return holder, holder.child(path[-1]) if holder else None


def _holder(tree: Tree, path: Path) -> Node | None:
    node = tree.root
    for part in path[:-1]:
        found = node.child(part)
        if found is None:
            return None
        node = found[1]
    return node


def _pairs(holder: Node) -> list[tuple[str | int, Pair]]:
    if holder.entries is not None:
        return list(holder.entries.items())
    return [(place, (item, item)) for place, item in enumerate(holder.items or [])]


def _missing(text: str, path: Path) -> int:
    """Return the place of the first part of ``path`` that is not there, or holds nothing."""
    node = read(text.removeprefix(MARK), "").root
    for place, part in enumerate(path[:-1]):
        found = node.child(part)
        if found is None or (found[1].entries is None and found[1].items is None):
            return place
        node = found[1]
    return len(path) - 1


def _null(text: str, path: Path) -> bool:
    """Say whether a name stands there with nothing after it."""
    _, pair = _pair(read(text.removeprefix(MARK), ""), path)
    return pair is not None and pair[1].plain() is None


def _value(text: str, path: Path) -> Any:
    _, pair = _pair(read(text.removeprefix(MARK), ""), path)
    return pair[1].plain() if pair else None


# The same edits of plain data: what the text must say afterwards.
def _within(plain: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Return a copy of ``plain`` in which what holds the end of ``path`` is changed."""
    if len(path) == 1:
        return change(plain)
    head, rest = path[0], path[1:]
    if isinstance(plain, dict):
        return {
            key: _within(each, rest, change) if key == head else each for key, each in plain.items()
        }
    if isinstance(plain, list):
        return [
            _within(each, rest, change) if place == head else each
            for place, each in enumerate(plain)
        ]
    return plain


def _in(plain: Any, path: Path) -> Any:
    for part in path[:-1]:
        plain = plain[part]
    return plain


def _put(plain: Any, path: Path, data: Any) -> Any:
    last: Any = path[-1]
    return _within(
        plain,
        path,
        lambda of: {**of, last: data} if isinstance(of, dict) else [*of[:last], data, *of[last:]],
    )


def _taken(plain: Any, path: Path) -> Any:
    last: Any = path[-1]

    def change(of: Any) -> Any:
        if isinstance(of, dict):
            return {key: each for key, each in of.items() if key != last}
        return [each for place, each in enumerate(of) if place != last]

    return _within(plain, path, change)


def _set(plain: Any, path: Path, data: Any) -> Any:
    last: Any = path[-1]

    def change(of: Any) -> Any:
        if isinstance(of, dict):
            return {key: data if key == last else each for key, each in of.items()}
        return [data if place == last else each for place, each in enumerate(of)]

    return _within(plain, path, change)


def _copied(plain: Any, path: Path, code: str) -> Any:
    last: Any = path[-1]

    def change(of: Any) -> Any:
        if isinstance(of, list):
            return [*of[: last + 1], of[last], *of[last + 1 :]]
        again: dict[str, Any] = {}
        for key, each in of.items():
            again[key] = each
            if key == last:
                again[code] = each
        return again

    return _within(plain, path, change)


def _moved(plain: Any, path: Path, by: int) -> Any:
    def change(of: Any) -> Any:
        names: list[Any] = list(of) if isinstance(of, dict) else list(range(len(of)))
        place = names.index(path[-1])
        if 0 <= place + by < len(names):
            names.insert(place + by, names.pop(place))
        if isinstance(of, dict):
            return {name: of[name] for name in names}
        return [of[name] for name in names]

    return _within(plain, path, change)
