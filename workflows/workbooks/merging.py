"""Laying what was done to a workbook on what the policy says now: a three-way difference.

The base is the text that went out, mine is the workbook, theirs is the policy or its draft as it
stands. Where only one side changed a value there is nothing to ask. Where both did, and where
what I changed is not there any more, it is a conflict, and whoever brings the workbook chooses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.errors import Fault, KaohengError, Place
from engine.reader import Node, Path, Tree, read
from engine.sheets.editable import sheet
from engine.sheets.parts import Field, child, dotted, named
from engine.sheets.structure import added, removed
from engine.sheets.typed import change
from workflows.rulebook.checking import applied
from workflows.workbooks.layout import pages
from workflows.workbooks.returned import Added, Edits

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that the workbook changes.

    ``where`` is the way to it in words, ``place`` its cell. ``before`` is what went out, ``mine``
    what the workbook says, ``theirs`` what the policy says now where that is neither. A
    ``conflict`` asks for a choice; one that is not ``possible`` can only be left as theirs is.
    """

    name: str
    kind: Literal["changed", "added", "removed"]
    where: tuple[str, ...]
    place: Place
    before: str
    mine: str
    theirs: str | None = None
    conflict: bool = False
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Merge:
    """``text`` is theirs with my changes, as far as ``open`` conflicts allow."""

    text: str
    changes: tuple[Change, ...]
    open: tuple[Change, ...]
    faults: tuple[Fault, ...] = ()


def merged(
    edits: Edits, base: str, theirs: str, choices: Mapping[str, str], *, file: str, language: str
) -> Merge:
    """Lay ``edits`` on ``theirs``; ``choices`` has ``mine`` or ``theirs`` by a conflict's name."""
    sides = _Sides(_tree(base, file), _tree(theirs, file))
    changes = tuple(_changes(edits, sides, language))
    chosen = {
        each.name
        for each in changes
        if not each.conflict or (each.possible and choices.get(each.name) == MINE)
    }
    waiting = tuple(each for each in changes if each.conflict and each.name not in choices)
    fields = {each.path: each for each in sheet(sides.base).fields}
    text, faults = _written(edits, fields, theirs, chosen, file)
    return Merge(text, changes, waiting, faults)


@dataclass(frozen=True, slots=True)
class _Sides:
    base: Tree
    theirs: Tree

    def values(self, path: Path) -> tuple[Any, Any]:
        """Return what stands at ``path`` on both sides, None where nothing does."""
        return _plain(self.base.root, path), _plain(self.theirs.root, path)

    def is_there(self, path: Path) -> bool:
        """Say whether ``path`` still leads to the same row: no list on it has changed its rows."""
        ours: Node | None = self.base.root
        theirs: Node | None = self.theirs.root
        for part in path[:-1]:
            if not _same_rows(ours, theirs):
                return False
            ours, theirs = child(ours, part), child(theirs, part)
        return _same_rows(ours, theirs)


def _changes(edits: Edits, sides: _Sides, language: str) -> Iterator[Change]:
    trails = _trails(sides.base, language)
    fields = {each.path: each.value for each in sheet(sides.base).fields}
    now = {each.path: each.value for each in sheet(sides.theirs).fields}
    for path, mine in edits.values.items():
        name, before = dotted(path), fields[path]
        possible = sides.is_there(path) and (path in now or before == "")
        theirs = now.get(path, "")
        differs = theirs not in {before, mine or ""}
        yield Change(
            name,
            "changed",
            trails[name],
            edits.at[name],
            before,
            mine or "",
            theirs if differs and possible else None,
            conflict=differs or not possible,
            possible=possible,
        )
    for path, place in edits.removed.items():
        yield _removal(path, place, sides, trails)
    for row in edits.added:
        yield _addition(row, sides, trails)


def _removal(
    path: Path, place: Place, sides: _Sides, trails: Mapping[str, tuple[str, ...]]
) -> Change:
    name, (before, theirs) = dotted(path), sides.values(path)
    possible = sides.is_there(path) and theirs is not None
    conflict = before != theirs
    where = trails.get(name, (name,))
    return Change(
        name, "removed", where, place, "", "", conflict=conflict or not possible, possible=possible
    )


def _addition(row: Added, sides: _Sides, trails: Mapping[str, tuple[str, ...]]) -> Change:
    _, there = sides.values(row.path)
    is_list = isinstance(row.last, int)
    possible = sides.is_there(row.path) and (is_list or there is None)
    where = (*trails.get(dotted(row.holder), (dotted(row.holder),)), str(row.last))
    if is_list:
        where = trails.get(dotted(row.holder), (dotted(row.holder),))
    return Change(
        f"+{row.place.sheet}!{row.place.cell}", "added", where, row.place, "", _shown(row.data),
        conflict=not possible, possible=possible,
    )  # fmt: skip


def _written(
    edits: Edits, fields: Mapping[Path, Field], text: str, chosen: set[str], file: str
) -> tuple[str, tuple[Fault, ...]]:
    values = {
        path: change(fields[path], value or "")
        for path, value in edits.values.items()
        if dotted(path) in chosen
    }
    text, faults = applied(text, values, file)
    found = list(faults)
    # From the last place to the first, so that each still is where the base had it.
    rows: list[tuple[Path, int, Added | None]] = [
        (path, 0, None) for path in edits.removed if dotted(path) in chosen
    ]
    for number, row in enumerate(edits.added):
        if f"+{row.place.sheet}!{row.place.cell}" in chosen:
            rows.append((row.path, number + 1, row))
    for path, _, new in sorted(rows, key=_from_the_end, reverse=True):
        try:
            text = added(text, path, new.data, file) if new else removed(text, path, file)
        except KaohengError as error:
            found += error.faults
    return text, tuple(found)


def _from_the_end(row: tuple[Path, int, Added | None]) -> tuple[bool, int, int]:
    """Lists by place, and of two added in one place the later one first; entries as they come."""
    path, number, _ = row
    last = path[-1]
    return (isinstance(last, int), last if isinstance(last, int) else -number, number)


def _trails(tree: Tree, language: str) -> dict[str, tuple[str, ...]]:
    """Return the way to each field and row in words: sheet, table, row, column."""
    found: dict[str, tuple[str, ...]] = {}
    for page in pages(tree, language):
        for block in page.blocks:
            table = (page.title, block.title) if block.title else (page.title,)
            found[block.key] = table
            for row in block.rows:
                found[row.key] = (*table, row.label)
                for (_, label), field in zip(block.columns, row.cells, strict=True):
                    if field is not None:
                        last = () if row.path == field.path else (label,)
                        found[field.name] = (*table, row.label, *last)
    return found


def _same_rows(ours: Node | None, theirs: Node | None) -> bool:
    """Say whether two lists have the same rows in the same order, as far as rows have names."""
    if ours is None or ours.items is None:
        return True
    if theirs is None or theirs.items is None or len(ours.items) != len(theirs.items):
        return False
    names = [[named(each, n) for n, each in enumerate(of.items or ())] for of in (ours, theirs)]
    return names[0] == names[1]


def _plain(root: Node, path: Path) -> Any:
    node: Node | None = root
    for part in path:
        node = child(node, part)
    return node.plain() if node else None


def _shown(data: Any) -> str:
    if isinstance(data, dict):
        return ", ".join(_shown(each) for each in data.values())
    return ", ".join(map(_shown, data)) if isinstance(data, list) else str(data)


def _tree(text: str, file: str) -> Tree:
    return read(text.removeprefix("\ufeff"), file)
