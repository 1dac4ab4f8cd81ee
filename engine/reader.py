"""YAML text → a tree that knows where everything stands.

Nothing is interpreted here: a scalar stays the text that was written, so no number
ever passes through a float. Limits come first and hold while the text is parsed, so
that a hostile file costs what a small one costs. Aliases are refused outright: a
policy is read by people, and a file that repeats itself by reference is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import yaml

from engine.errors import N_, Fault, KaohengError, Place, refuse
from engine.text import MAX_FAULTS, check_text

MAX_NODES = 100_000
MAX_DEPTH = 24
MAX_ENTRIES = 1_000
MAX_SCALAR = 4_000
KEPT_TREES, KEPT_SIZE = 8, 200_000  # trees of so many characters, about fifty bytes each
Path = tuple[str | int, ...]
NULLS = frozenset({"", "~", "null"})


@dataclass(slots=True)
class Node:
    """A mapping (``entries``), a sequence (``items``) or a scalar (``text``); positions from 1.

    It is never changed once it is read: the same text read again may give the same nodes.
    ``offset`` is how far the text of a scalar starts after its position (1 when quoted).
    ``start`` and ``end`` count characters from the beginning of the file, without a byte order
    mark; a block collection ends with its last entry. ``style`` is YAML's sign for how it is
    written: nothing for a plain scalar, a quote, ``|`` or ``>``, and ``{`` or ``[`` in flow style.
    """

    line: int
    column: int
    text: str | None = None
    entries: dict[str, tuple[Node, Node]] | None = None
    items: list[Node] | None = None
    offset: int = 0
    start: int = 0
    end: int = 0
    style: str = ""

    def child(self, part: str | int) -> tuple[Node, Node] | None:
        """Return the key and the value of an entry, or an item twice; None where it is missing."""
        if self.entries is not None and isinstance(part, str):
            return self.entries.get(part)
        if self.items is not None and isinstance(part, int) and part < len(self.items):
            return self.items[part], self.items[part]
        return None

    def plain(self) -> Any:
        """Return dicts, lists, texts and None, without positions."""
        if self.entries is not None:
            return {key: value.plain() for key, (_, value) in self.entries.items()}
        if self.items is not None:
            return [item.plain() for item in self.items]
        return self.text


@dataclass(frozen=True, slots=True)
class Tree:
    """A read file: its root node and its name for messages."""

    file: str
    root: Node

    def node(self, path: Path) -> Node:
        """Return what stands at ``path``, or its nearest ancestor when it is missing."""
        node = self.root
        for part in path:
            found = node.child(part)
            if found is None:
                break
            node = found[1]
        return node

    def place(self, path: Path, *, key: bool = False, offset: int | None = None) -> Place:
        """Return where ``path`` stands, or its nearest ancestor when it is missing.

        ``key`` points to the name instead of the value; ``offset`` counts characters into a scalar.
        """
        node = self.root
        for number, part in enumerate(path):
            found = node.child(part)
            if found is None:
                break
            name, value = found
            node = name if key and number == len(path) - 1 else value
        column = node.column if offset is None else node.column + node.offset + offset
        return Place(self.file, node.line, column, ".".join(str(part) for part in path) or None)


def nearest(name: str, known: object) -> str:
    """Return the known name most like ``name``, or an empty text."""
    names = (
        [str(each) for each in known]
        if isinstance(known, (list, tuple, set, frozenset, dict))
        else []
    )
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.6)), "")


def read(text: str, file: str) -> Tree:
    """Parse ``text``; raise KaohengError with every fault's line and column."""
    tree, faults = read_all(text, file)
    if faults:
        raise KaohengError(faults)
    return tree


def read_all(text: str, file: str) -> tuple[Tree, list[Fault]]:
    """Parse ``text``, and return the faults that leave the rest readable (a key given twice).

    Raises KaohengError for those that do not.
    """
    if len(text) <= KEPT_SIZE:
        try:
            return Tree(file, _kept(text)), []
        except KaohengError:
            pass  # told again below, with the name of the file
    return _parsed(text, file)


@lru_cache(KEPT_TREES)
def _kept(text: str) -> Node:
    """Return the root of a text without a fault: whoever edits has the same one read often."""
    tree, faults = _parsed(text, "")
    if faults:
        raise KaohengError(faults)
    return tree.root


def _parsed(text: str, file: str) -> tuple[Tree, list[Fault]]:
    if faults := check_text(text, file):
        raise KaohengError(faults)
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
            if len(builder.faults) >= MAX_FAULTS:
                raise KaohengError(builder.faults)
    except yaml.MarkedYAMLError as error:
        raise KaohengError([*builder.faults, _syntax_fault(error, file, builder)]) from None
    if builder.root is None or builder.root.entries is None:
        raise refuse(
            "rules.not_a_mapping",
            N_("This file does not hold named entries."),
            N_("Begin with `language: 1` and one name per line."),
            place=Place(file, 1, 1),
        )
    return Tree(file, builder.root), builder.faults


def _syntax_fault(error: yaml.MarkedYAMLError, file: str, builder: _Builder) -> Fault:
    mark = error.problem_mark or error.context_mark
    if builder.unclosed and mark and builder.unclosed.params["line"] == mark.line + 1:
        return builder.unclosed
    return Fault(
        "rules.yaml",
        N_("This is not valid YAML: {problem}."),
        N_("Check the indentation, colons, quotes and brackets in and above this line."),
        {"problem": error.problem or error.context or ""},
        Place(file, mark.line + 1, mark.column + 1) if mark else Place(file),
    )


def _unclosed(line: int, place: Place) -> Fault:
    """Say where a text over several lines began: what then makes no sense is its end."""
    return Fault(
        "rules.quote",
        N_("The quotes opened here are closed only in line {line}, and make no sense there."),
        N_("Close them in this line."),
        {"line": line},
        place,
    )


@dataclass
class _Builder:
    """Builds the tree from parser events, so that every limit holds before memory is spent."""

    file: str
    root: Node | None = None
    faults: list[Fault] = field(default_factory=list)
    stack: list[tuple[Node, list[Node]]] = field(default_factory=list)
    count: int = 0
    documents: int = 0
    unclosed: Fault | None = None  # what is to be said if the line where it ends is no YAML

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event)
        elif isinstance(event, yaml.AliasEvent):
            raise self._alias(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)
        elif isinstance(event, yaml.NodeEvent):
            self._check_node(event)
            self._open(event)

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        assert mark is not None
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _document(self, event: yaml.Event) -> None:
        self.documents += 1
        if self.documents > 1:
            raise refuse(
                "rules.documents",
                N_("A second document begins here."),
                N_("Keep one policy in one file; remove the `---`."),
                place=self._place(event),
            )

    def _alias(self, event: yaml.Event) -> KaohengError:
        return KaohengError(
            [
                *self.faults,
                Fault(
                    "rules.alias",
                    N_("An alias (`*name`) repeats another part of the file."),
                    N_("Write it out: anchors and aliases are refused, as they can be endless."),
                    place=self._place(event),
                ),
            ]
        )

    def _check_node(self, event: yaml.NodeEvent) -> None:
        self.count += 1
        if self.count > MAX_NODES or len(self.stack) > MAX_DEPTH:
            raise refuse(
                "rules.too_big",
                N_("The file has too many entries or levels."),
                N_("At most {nodes} entries and {depth} levels are read."),
                nodes=MAX_NODES,
                depth=MAX_DEPTH,
                place=self._place(event),
            )
        if event.anchor is not None:
            self.faults.append(
                Fault(
                    "rules.anchor",
                    N_("An anchor (`&{name}`) is set here."),
                    N_("Remove it: anchors and aliases are refused, as they can be endless."),
                    {"name": event.anchor},
                    self._place(event),
                )
            )
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self.faults.append(
                Fault(
                    "rules.tag",
                    N_("A YAML tag ({tag}) is set here."),
                    N_("Remove it: a policy has texts, numbers and names only."),
                    {"tag": tag},
                    self._place(event),
                )
            )

    def _open(self, event: yaml.NodeEvent) -> None:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        node = Node(start.line + 1, start.column + 1, start=start.index, end=end.index)
        if isinstance(event, yaml.MappingStartEvent):
            node.entries, node.style = {}, "{" if event.flow_style else ""
        elif isinstance(event, yaml.SequenceStartEvent):
            node.items, node.style = [], "[" if event.flow_style else ""
        elif isinstance(event, yaml.ScalarEvent):
            self._fill(node, event)
        self._attach(node)
        if not isinstance(event, yaml.ScalarEvent):
            self.stack.append((node, []))

    def _fill(self, node: Node, event: yaml.ScalarEvent) -> None:
        if len(event.value) > MAX_SCALAR:
            raise refuse(
                "rules.long_text",
                N_("This text is longer than {limit} characters."),
                N_("Shorten it."),
                limit=MAX_SCALAR,
                place=self._place(event),
            )
        plain = event.style in (None, "")
        assert event.start_mark is not None
        assert event.end_mark is not None
        if event.style in {'"', "'"} and event.end_mark.line > event.start_mark.line:
            self.unclosed = _unclosed(event.end_mark.line + 1, self._place(event))
        node.offset = 0 if plain else 1
        node.style = event.style or ""
        node.text = None if plain and event.value in NULLS else event.value

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent, waiting = self.stack[-1]
        if len(parent.items or parent.entries or ()) >= MAX_ENTRIES:
            raise refuse(
                "rules.too_many",
                N_("More than {limit} entries are listed together here."),
                N_("Figures of many people or customers are facts: keep them out of the policy."),
                limit=MAX_ENTRIES,
                place=Place(self.file, node.line, node.column),
            )
        if parent.items is not None:
            parent.items.append(node)
        elif waiting:
            self._enter(parent, waiting.pop(), node)
        else:
            waiting.append(node)

    def _enter(self, parent: Node, key: Node, value: Node) -> None:
        assert parent.entries is not None
        if key.text is None:
            self.faults.append(
                Fault(
                    "rules.key",
                    N_("A name is missing before the colon."),
                    N_("Every entry is `name: value`."),
                    place=Place(self.file, key.line, key.column),
                )
            )
        elif key.text in parent.entries:
            first = parent.entries[key.text][0]
            self.faults.append(
                Fault(
                    "rules.duplicate_key",
                    N_("`{key}` is given twice, in lines {first} and {second}."),
                    N_("Keep one of them."),
                    {"key": key.text, "first": first.line, "second": key.line},
                    Place(self.file, key.line, key.column),
                )
            )
        else:
            parent.entries[key.text] = (key, value)

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        node, _ = self.stack.pop()
        assert event.end_mark is not None
        # A block collection's own end is where the next thing begins, comments passed over.
        last = node.items[-1] if node.items else _last(node.entries or {})
        node.end = event.end_mark.index if node.style or last is None else last.end


def _last(entries: dict[str, tuple[Node, Node]]) -> Node | None:
    return next((value for _, value in reversed(entries.values())), None)


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Give every node with its path, in the order of the file."""
    yield path, node
    for key, (_, value) in (node.entries or {}).items():
        yield from walk(value, (*path, key))
    for number, item in enumerate(node.items or []):
        yield from walk(item, (*path, number))
