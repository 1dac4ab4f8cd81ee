"""Where in the text an entry or an item stands, and how one is put in, taken out or moved.

Each function gives candidates, the likeliest first: whoever splices reads the text again and
takes the first that says what was meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import KaohengError
from engine.reader import Node, read


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """The characters from ``start`` to ``end`` are replaced by ``text``."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Iterable[Splice]) -> str | None:
    """Return ``text`` with all of the splices, or None where two of them meet."""
    least = len(text) + 1
    for each in sorted(splices, reverse=True):
        if each.end > least or each.start == least:
            return None
        text = text[: each.start] + each.text + text[each.end :]
        least = each.start
    return text


def same(text: str, wanted: Any) -> bool:
    """Say whether a text reads as ``wanted``, in its order."""
    try:
        found = read(text, "").root.plain()
    except KaohengError:
        return False  # this spelling is no YAML here; the next one may be
    return bool(json.dumps(found) == json.dumps(wanted))


def entry_added(text: str, mapping: Node, entry: str) -> Iterator[Splice]:
    """Add an entry at the end of a mapping, spaced as its own style has it."""
    if not mapping.entries:
        yield Splice(mapping.start + 1, mapping.start + 1, entry)
        return
    key, last = list(mapping.entries.values())[-1]
    if mapping.style:
        yield Splice(last.end, last.end, f", {entry}")
        return
    at = line_end(text, last)
    yield Splice(at, at, f"{_break(text)}{' ' * (key.column - 1)}{entry}")


def item_added(text: str, listed: Node, after: int, item: str) -> Iterator[Splice]:
    """Add an item after the one with the place ``after``; -1 puts it first."""
    items = listed.items or []
    if not items:
        yield Splice(listed.start + 1, listed.start + 1, item)
    elif listed.style:
        at = items[after].end if after >= 0 else items[0].start
        yield Splice(at, at, f", {item}" if after >= 0 else f"{item}, ")
    elif (dash := _dash(text, items[max(after, 0)])) is not None:
        space = " " * (dash - line_start(text, dash))
        if after >= 0:
            at = line_end(text, items[after])
            yield Splice(at, at, f"{_break(text)}{space}- {item}")
        else:
            at = line_start(text, dash)
            yield Splice(at, at, f"{space}- {item}{_break(text)}")


def entry_removed(text: str, holder: Node, key: Node, value: Node) -> Iterator[Splice]:
    """Take an entry or item out: with one of its commas in flow style, with its lines otherwise."""
    count = len(holder.entries or holder.items or ())
    if holder.style:
        yield from _flow_removed(text, key, value)
        return
    start, end = block_span(text, holder, key, value)
    if count == 1:  # what is left of a block must still be one
        empty = "{}" if holder.entries is not None else "[]"
        yield Splice(start, end, empty)
        yield Splice(start, end, f"  {empty}")
        return
    if start == line_start(text, start) + _space(text, start):
        first = line_start(text, start)
        yield Splice(first, min(line_end(text, value) + len(_break(text)), len(text)), "")
        yield Splice(max(first - len(_break(text)), 0), line_end(text, value), "")
        return
    # The first entry of a mapping that begins behind a dash: the next one takes its place.
    following = [each for each, _ in (holder.entries or {}).values() if each.start > key.start]
    if following:
        yield Splice(key.start, following[0].start, "")


def _flow_removed(text: str, key: Node, value: Node) -> Iterator[Splice]:
    before, after = text[: key.start], text[value.end :]
    if comma := re.match(r"\s*,\s*", after):
        yield Splice(key.start, value.end + comma.end(), "")
    led = re.search(r"\s*,\s*\Z", before)
    yield Splice(led.start() if led else key.start, value.end, "")


def value_replaced(text: str, key: Node, value: Node, new: str) -> Iterator[Splice]:
    """Write something else in the place of a whole value, on the line of its name."""
    between = text[key.end : value.start] if key is not value else ""
    if value.style == "" and value.text is None and re.fullmatch(r":\s*", between):
        yield Splice(key.end, _end(text, value), f": {new}")
    yield Splice(value.start, _end(text, value), new)


def swapped(
    text: str, holder: Node, first: tuple[Node, Node], second: tuple[Node, Node]
) -> Iterator[Splice]:
    """Put two neighbours in each other's place: whole lines with what stands above them, or

    only themselves.
    """
    if not holder.style:
        one, two = (
            (
                _with_comments(text, line_start(text, block_span(text, holder, *pair)[0])),
                line_end(text, pair[1]),
            )
            for pair in (first, second)
        )
        lines = _exchanged(text, one, two)
        yield lines
        # A block of text that comes last needs a break of its own.
        yield Splice(lines.start, lines.end, lines.text + _break(text))
    yield _exchanged(text, *((key.start, value.end) for key, value in (first, second)))


def _exchanged(text: str, one: tuple[int, int], two: tuple[int, int]) -> Splice:
    between = text[one[1] : two[0]]
    return Splice(one[0], two[1], text[two[0] : two[1]] + between + text[one[0] : one[1]])


def block_span(text: str, holder: Node, key: Node, value: Node) -> tuple[int, int]:
    """Return where an entry or item of a block begins (its dash, if any) and ends."""
    start = key.start
    if holder.items is not None:
        dash = _dash(text, key)
        start = key.start if dash is None else dash
    return start, value.end


def line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, node: Node) -> int:
    """Return the end of the line on which a value ends, before its break."""
    end = text.find("\n", _end(text, node))
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _end(text: str, node: Node) -> int:
    """Return the end of a value; a block of text ends after its own last break."""
    end = node.end
    while end > node.start and text[end - 1] in "\r\n ":
        end -= 1
    return end


def _dash(text: str, item: Node) -> int | None:
    """Return where the dash of an item stands, when nothing but space is before it."""
    found = re.search(r"^ *(-) +\Z", text[line_start(text, item.start) : item.start])
    return line_start(text, item.start) + found.start(1) if found else None


def _with_comments(text: str, start: int) -> int:
    """Return where the comments begin that stand directly above a line, as far in as it is."""
    space = _space(text, start)
    while start > 0:
        above = line_start(text, start - 1)
        if _space(text, above) != space or text[above + space : above + space + 1] != "#":
            break
        start = above
    return start


def _space(text: str, at: int) -> int:
    """Return how far the line is indented in which ``at`` stands."""
    start = line_start(text, at)
    end = start
    while text[end : end + 1] == " ":
        end += 1
    return end - start


def _break(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
