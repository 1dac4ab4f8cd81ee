"""The edits of structure that a form offers, asked for by the name of what they are done to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.errors import N_, refuse
from engine.reader import Node, Path, Tree, read
from engine.schema.policy import PolicySchema
from engine.sheets.begin import Beginning, code_for
from engine.sheets.editable import sheet
from engine.sheets.parts import Field, Grid, Group, Line, Section, Sheet
from engine.sheets.shapes import Condition, Keyed, Listed, Record, Shape, Variants, record
from engine.sheets.structure import (
    added,
    copied,
    moved,
    removed,
    renamed_key,
    replaced,
    wrapped,
)

Handle = Section | Group | Grid | Line
TIERS = frozenset({"steps", "marginal", "whole"})


@dataclass(frozen=True, slots=True)
class Operation:
    """``up``, ``down``, ``copy`` or ``remove`` something, ``add`` a row to it, ``enter`` a name

    in it, give it a ``part``, or another ``form``; ``given`` is the name, the part or the form.
    """

    op: str
    name: str
    given: str = ""


@dataclass(frozen=True, slots=True)
class Operated:
    """The text after an operation, and the path of what was put in or moved."""

    text: str
    path: Path


def operated(text: str, wanted: Operation, file: str = "") -> Operated:
    """Return ``text`` after an operation that its form offers.

    Raises ``KaohengError`` where the form does not offer it, or the text has no place for it.
    """
    tree = read(text, file)
    form = sheet(tree)
    handle = next((each for each in _handles(form) if _offers(each, wanted)), None)
    if handle is None:
        raise refuse(
            "rules.operation",
            N_("This cannot be done here any more: the form has changed."),
            N_("Look at the form again, and choose anew."),
        )
    return _Editor(text, tree, form, handle, wanted, file).operated()


def _handles(form: Sheet) -> Iterator[Handle]:
    for each in form.walk():
        if not isinstance(each, Field):
            yield each
        if isinstance(each, Grid):
            yield from each.lines


def _offers(handle: Handle, wanted: Operation) -> bool:
    if handle.name != wanted.name:
        return False
    if wanted.op in {"part", "form"}:
        options = getattr(handle, f"{wanted.op}s", ())
        return wanted.given in {each.value for each in options}
    return wanted.op in handle.ops


@dataclass(frozen=True, slots=True)
class _Editor:
    text: str
    tree: Tree
    form: Sheet
    handle: Handle
    wanted: Operation
    file: str

    def operated(self) -> Operated:  # noqa: PLR0911 (one return per operation)
        path = self.handle.path
        match self.wanted.op:
            case "up" | "down":
                return self._moved(path, -1 if self.wanted.op == "up" else 1)
            case "remove":
                return Operated(removed(self.text, path, self.file), path[:-1])
            case "copy":
                return self._copied(path)
            case "enter":
                return self._entered(path)
            case "part":
                return self._part(path)
            case "form":
                return self._form(path)
            case _:
                return self._added(path)

    def _moved(self, path: Path, by: int) -> Operated:
        after = moved(self.text, path, by, self.file)
        last = path[-1]
        if isinstance(last, int) and after != self.text:
            return Operated(after, (*path[:-1], last + by))
        return Operated(after, path)

    def _copied(self, path: Path) -> Operated:
        last = path[-1]
        if isinstance(last, int):
            return Operated(copied(self.text, path, "", self.file), (*path[:-1], last + 1))
        code = code_for(last, str(path[-2]), self._taken())
        return Operated(copied(self.text, path, code, self.file), (*path[:-1], code))

    def _entered(self, path: Path) -> Operated:
        """Put a new name into a mapping: an entry of the policy's own, or a period, or a field."""
        title = self.wanted.given.strip()
        shape = self._shape(path)
        if not title:
            raise refuse(
                "rules.name_needed",
                N_("What is new needs a name."),
                N_("Type it beside the button."),
            )
        assert isinstance(shape, Keyed)
        code = code_for(title, str(path[-1]), self._taken()) if shape.coded else title
        data = self._beginning(path, title).of(shape.item)
        return Operated(added(self.text, (*path, code), data, self.file), (*path, code))

    def _part(self, path: Path) -> Operated:
        if isinstance(self.handle, Grid) and self.handle.lines:
            path = self.handle.lines[0].path
        at = (*path, self.wanted.given)
        data = self._beginning(at).of(self._shape(at))
        return Operated(added(self.text, at, data, self.file), at)

    def _added(self, path: Path) -> Operated:
        """Add a row: a copy of one that is there, where rows are alike; else a new one."""
        shape, node = self._shape(path), self.tree.node(path)
        if isinstance(shape, Condition):
            return self._condition_added(path, node)
        assert isinstance(shape, Listed)
        items = self._items(path)
        if items and isinstance(self.handle, Grid):
            place = max(len(items) - 2, 0)  # the last row is often the open one
            return Operated(copied(self.text, (*path, place), "", self.file), (*path, place + 1))
        at = (*path, len(items))
        data = self._beginning(at).of(shape.item)
        return Operated(added(self.text, at, data, self.file), at)

    def _condition_added(self, path: Path, node: Node) -> Operated:
        word = next((each for each in ("all", "any") if node.child(each)), "")
        if not word:
            return Operated(
                wrapped(self.text, path, "all", self._beginning(path).condition, self.file),
                (*path, "all", 1),
            )
        at = (*path, word, len(self._items((*path, word))))
        return Operated(added(self.text, at, self._beginning(path).condition, self.file), at)

    def _form(self, path: Path) -> Operated:
        shape, node = self._shape(path), self.tree.node(path)
        form = self.wanted.given
        if isinstance(shape, Condition):
            return Operated(self._condition(path, node, form), path)
        assert isinstance(shape, Variants)
        before = shape.chosen(node)
        if {before, form} <= TIERS:
            return Operated(renamed_key(self.text, (*path, before), form, self.file), path)
        data = self._beginning(path).form(form, shape)
        return Operated(replaced(self.text, path, data, self.file), path)

    def _condition(self, path: Path, node: Node, form: str) -> str:
        before = next((each for each in ("all", "any", "not") if node.child(each)), "one")
        plain = node.plain()
        if before == form:
            return self.text
        if form == "one":
            inner = plain[before]
            data = inner if before == "not" else inner[0]
            return replaced(self.text, path, data, self.file)
        if {before, form} == {"all", "any"}:
            return renamed_key(self.text, (*path, before), form, self.file)
        if form == "not":
            return replaced(self.text, path, {"not": plain}, self.file)
        return wrapped(self.text, path, form, self._beginning(path).condition, self.file)

    def _items(self, path: Path) -> list[Node]:
        node = self.tree.root
        for part in path:
            found = node.child(part)
            if found is None:
                return []
            node = found[1]
        return node.items or []

    def _shape(self, path: Path) -> Shape:
        """Return the shape of what stands, or could stand, at ``path``."""
        shape: Shape = record(PolicySchema)
        for place, part in enumerate(path):
            node = self.tree.node(path[:place])
            if isinstance(shape, Variants):
                shape = shape.forms[shape.chosen(node)]
            match shape:
                case Record():
                    found = shape.part(str(part))
                    assert found is not None
                    shape = found.shape
                case Keyed() | Listed():
                    shape = shape.item
        return shape

    def _beginning(self, path: Path, title: str = "") -> Beginning:
        known: dict[str, Any] = dict(self.form.known)
        figures = [each.value for each in (*known["measures"], *known["inputs"])]
        figure = next(iter(figures), "total")
        if path[0] in {"kpis", "vetoes"}:  # they come before the total
            looked_up = "attainment" if path[0] == "kpis" else figure
            return Beginning(known, title, looked_up, f"{figure} >= 1")
        return Beginning(known, title, figure)

    def _taken(self) -> frozenset[str]:
        """Return every name that there is, of whatever kind."""
        named = (each.value for options in self.form.known.values() for each in options)
        paths = (each.path for each in _handles(self.form) if each.path)
        return frozenset([*named, *(str(path[-1]) for path in paths)])
