"""The fields of a form: a value of one text, and the rows and pairs of such values."""

from __future__ import annotations

from dataclasses import dataclass

from engine.reader import Node, Path
from engine.sheets.fitting import is_text, is_words
from engine.sheets.parts import Field, Grid, Group, Label, Line, Option, child, text
from engine.sheets.shapes import Keyed, Leaf, Listed, Part, Record, Shape
from engine.sheets.words import choices
from engine.telling import terms
from engine.telling.terms import Term

ENTRY = ("up", "down", "copy", "remove")  # what can be done with an entry or a row


def label(of: Record, part: Part) -> Term:
    """Return what a part is called: the model's name for it, in its class."""
    return terms.part(part.name, of.makes)


@dataclass(frozen=True, slots=True)
class Cells:
    """Makes fields; ``known`` names what the policy defines."""

    known: dict[str, tuple[Option, ...]]

    def cell(self, of: Record, part: Part, path: Path, node: Node) -> Field | None:
        """Return a part as one field; None where the text has something else there."""
        at, value = (*path, part.key), child(node, part.key)
        if isinstance(part.shape, Listed) and (value is None or is_words(value)):
            return self.words(part.shape, at, label(of, part), value, part.required)
        if isinstance(part.shape, Leaf) and (value is None or is_text(value)):
            return self.field(part.shape, at, label(of, part), value, part.required)
        return None

    def name_cell(
        self, path: Path, title: Term, node: Node, part: Part, language: str
    ) -> Field | None:
        value = child(node, part.key)
        if value is None:
            return None
        return Field((*path, language), title, text(child(value, language)), required=True)

    def field(
        self, leaf: Leaf, path: Path, called: Term, node: Node | None, required: bool
    ) -> Field:
        value = text(node)
        options = choices(_key(path), leaf.options) if leaf.options else ()
        return Field(
            path,
            called,
            value,
            leaf.kind,
            options,
            leaf.names,
            required,
            self._meaning(leaf, value),
        )

    def words(
        self, shape: Listed, path: Path, called: Term, node: Node | None, required: bool
    ) -> Field:
        assert isinstance(shape.item, Leaf)
        items = [node] if node is not None and node.items is None else (node and node.items) or ()
        value = ", ".join(text(each) for each in items)
        return Field(path, called, value, "words", (), shape.item.names, required)

    def fixed(
        self,
        shape: Listed,
        path: Path,
        called: Term,
        node: Node | None,
        count: int,
        ops: tuple[str, ...],
    ) -> Group:
        assert isinstance(shape.item, Leaf)
        key = str(path[-1])
        fields = (
            self.field(
                shape.item,
                (*path, place),
                terms.numbered(key, place),
                child(node, place),
                required=True,
            )
            for place in range(count)
        )
        return Group(path, called, tuple(fields), ops=ops)

    def bilingual(self, path: Path, called: Term, node: Node | None, ops: tuple[str, ...]) -> Group:
        fields = (
            Field((*path, each), terms.part(each), text(child(node, each)), required=True)
            for each in ("zh", "en")
        )
        return Group(path, called, tuple(fields), ops=ops)

    def keyed(
        self, shape: Keyed, path: Path, called: Term, node: Node | None, ops: tuple[str, ...]
    ) -> Grid:
        lines = []
        for key, (_, value) in ((node and node.entries) or {}).items():
            at = (*path, key)
            if isinstance(shape.item, Listed):
                cell = self.words(shape.item, at, called, value, required=True)
            else:
                assert isinstance(shape.item, Leaf)
                cell = self.field(shape.item, at, called, value, required=True)
            lines.append(Line(terms.given(key), (cell,), at, ("remove",)))
        return Grid((called,), tuple(lines), called, path=path, ops=("enter", *ops))

    def rows(self, item: Shape, path: Path, items: list[tuple[int, Node]]) -> Grid:
        """Return a table of rows that are lists themselves, or single texts."""
        leaf = item.item if isinstance(item, Listed) else item
        assert isinstance(leaf, Leaf)
        wide = item.count or 1 if isinstance(item, Listed) else 1
        columns = tuple(terms.numbered(str(path[-1]), place) for place in range(wide))
        lines = []
        for place, node in items:
            at = (*path, place)
            cells = [
                self.field(leaf, (*at, number), title, child(node, number), required=True)
                if isinstance(item, Listed)
                else self.field(leaf, at, title, node, required=True)
                for number, title in enumerate(columns)
            ]
            lines.append(Line(terms.row(place + 1), tuple(cells), at, ENTRY))
        return Grid(columns, tuple(lines), kind=kind_of(path), path=path)

    def _meaning(self, leaf: Leaf, value: str) -> Label | None:
        found = (each for name in leaf.names for each in self.known.get(name, ()))
        return next((each.meaning for each in found if each.value == value), None)


def _key(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def kind_of(path: Path) -> str:
    """Return the kind of table whose rows stand at ``path``."""
    return (
        str(path[-1]) if path[-1] in {"steps", "marginal", "whole", "cliff", "interpolate"} else ""
    )
