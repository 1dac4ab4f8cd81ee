"""The form of a policy, made from its schema: every part, with its path in the text.

The form is read from the text's tree, not from the model, so that a draft with faults can be
shown and mended. ``shapes`` says what there may be, ``layout`` how it is arranged; a part that
is not given is offered to be added, or stands there empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from engine.reader import Node, Path, Tree
from engine.schema.policy import PolicySchema
from engine.sheets import layout, words
from engine.sheets.cells import ENTRY, Cells, kind_of, label
from engine.sheets.conditions import condition
from engine.sheets.fitting import EDGES, is_flat, is_leaf, is_name, is_plain, is_text, is_words
from engine.sheets.names import known
from engine.sheets.parts import (
    Element,
    Field,
    Grid,
    Group,
    Label,
    Line,
    Option,
    Section,
    Sheet,
    child,
    named,
    text,
)
from engine.sheets.shapes import (
    Condition,
    Keyed,
    Leaf,
    Listed,
    Part,
    Plane,
    Record,
    Shape,
    Variants,
    record,
)
from engine.sheets.tables import planes
from engine.telling import terms
from engine.telling.terms import Term


def sheet(tree: Tree) -> Sheet:
    """Return the form of a policy's text, in the order that HR thinks in."""
    return _Maker(tree.root, Cells(known(tree))).sheet()


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes elements of shapes and what stands in the text."""

    root: Node
    cells: Cells

    def sheet(self) -> Sheet:
        policy = record(PolicySchema)
        parts = {part.key: part for part in policy.parts if part.key not in layout.APART}
        heading = [part for part in parts.values() if is_plain(part.shape)]
        found = {"policy": self._heading(policy, heading)}
        for part in parts.values():
            if part not in heading:
                found[part.key] = self._section(part)
        ordered = dict.fromkeys([*layout.TITLES, *found])
        return Sheet(tuple(found[code] for code in ordered if code in found), self.cells.known)

    def _heading(self, policy: Record, parts: Iterable[Part]) -> Section:
        own = Record(policy.schema, policy.makes, tuple(parts))
        return Section(
            "policy", terms.term(layout.TITLES["policy"]), (self._group(own, (), self.root),)
        )

    def _section(self, part: Part) -> Section:
        title = layout.TITLES.get(part.key)
        called = terms.term(title) if title else terms.section(part.name)
        node, path = child(self.root, part.key), (part.key,)
        section = Section(part.key, called, (), is_folded=part.key in layout.FOLDED)
        if isinstance(part.shape, Keyed) and isinstance(part.shape.item, Record):
            elements = tuple(self._entries(part.shape.item, path, node))
            return replace(section, elements=elements, ops=("enter",))
        if isinstance(part.shape, Record):
            return replace(section, elements=(self._group(part.shape, path, node),))
        if node is None:
            return replace(section, ops=("add",))
        return replace(section, elements=tuple(self._of(part.shape, path, called, node)))

    def _entries(self, of: Record, path: Path, node: Node | None) -> Iterator[Element]:
        """Give a table of flat entries; else their leading figures, and each as a group."""
        pairs = [(str(key), value) for key, (_, value) in ((node and node.entries) or {}).items()]
        if not pairs:
            return
        if is_flat(of):
            yield self._table(of, path, [(key, named(each, key), each) for key, each in pairs])
            return
        lead = self._lead(of, path, pairs)
        shown: frozenset[str] = frozenset()
        if lead is not None:
            yield lead
            shown = frozenset(str(cell.path[-1]) for cell in lead.fields)
        for key, each in pairs:
            group = self._group(of, (*path, key), each, apart=shown)
            ops = () if lead else ENTRY
            yield replace(group, label=named(each, key), ops=ops, is_entry=True)

    def _lead(self, of: Record, path: Path, pairs: list[tuple[str, Node]]) -> Grid | None:
        wanted = layout.LEADS.get(str(path[-1]), ())
        keys = [
            key if isinstance(key, str) else key[0]
            for key in wanted
            if isinstance(key, str) or any(child(node, key[0]) for _, node in pairs)
        ]
        parts = [part for key in keys if (part := of.part(key))]
        if not parts:
            return None
        lines = [
            Line(
                named(node, code),
                tuple(self.cells.cell(of, part, (*path, code), node) for part in parts),
                (*path, code),
                ENTRY,
            )
            for code, node in pairs
        ]
        return Grid(tuple(label(of, part) for part in parts), tuple(lines), path=path)

    def _table(
        self, of: Record, path: Path, rows: list[tuple[str | int, Label, Node]], kind: str = ""
    ) -> Grid:
        """Return a table with a line a row, and the columns that are needed or used."""
        used = {key for _, _, node in rows for key in node.entries or {}}
        columns: list[tuple[Term, Part, str]] = []
        for part in of.parts:
            if part.key in used or part.required:
                languages = ("zh", "en") if is_name(part.shape) else ("",)
                columns += [(_column(of, part, each), part, each) for each in languages]
        edge = next((each for each in EDGES if kind and each in used), "")
        lines = [
            Line(
                called,
                tuple(
                    self.cells.name_cell((*path, key, part.key), title, node, part, language)
                    if language
                    else self.cells.cell(of, part, (*path, key), node)
                    for title, part, language in columns
                ),
                (*path, key),
                ENTRY,
            )
            for key, called, node in rows
        ]
        left = [part for part in of.parts if part.key not in used and not part.required]
        return Grid(
            tuple(title for title, _, _ in columns),
            tuple(lines),
            kind=kind,
            path=path,
            edge=edge,
            parts=tuple(Option(part.key, label(of, part)) for part in left),
        )

    def _group(
        self, of: Record, path: Path, node: Node | None, apart: frozenset[str] = frozenset()
    ) -> Group:
        elements: list[Element] = []
        parts = []
        small = is_flat(of) and node is not None
        for part in sorted(of.parts, key=_first):
            value = child(node, part.key)
            if part.key in apart:
                continue
            if value is None and not part.required and not (small and is_leaf(part.shape)):
                parts.append(Option(part.key, label(of, part)))
            elif node is not None:
                elements += self._of(
                    part.shape, (*path, part.key), label(of, part), value, part.required, node
                )
        return Group(path, None, tuple(elements), parts=tuple(parts))

    def _of(
        self,
        shape: Shape,
        path: Path,
        called: Term,
        node: Node | None,
        required: bool = True,
        holder: Node | None = None,
    ) -> Iterator[Element]:
        """Give the elements of a value of one shape; what does not fit it is a field as it is."""
        ops = () if required else ("remove",)
        match shape:
            case Leaf() if node is None or is_text(node):
                yield self.cells.field(shape, path, called, node, required)
            case Record() if node is None or node.entries is not None:
                if is_name(shape):
                    yield self.cells.bilingual(path, called, node, ops)
                else:
                    yield replace(self._group(shape, path, node), label=called, ops=ops)
            case Variants() if node is not None:
                yield self._variant(shape, path, called, node, ops)
            case Condition():
                group = condition(path, called, node)
                yield replace(group, ops=(*group.ops, *ops))
            case Plane() if node is not None and holder is not None:
                yield from planes(path, called, holder)
            case Keyed(item=Record() as item):
                grids = tuple(self._entries(item, path, node))
                yield Group(path, called, grids, ops=("enter", *ops))
            case Keyed() if node is None or node.entries is not None:
                yield self.cells.keyed(shape, path, called, node, ops)
            case Listed(item=Leaf(), count=int() as count) if node is None or is_words(node):
                yield self.cells.fixed(shape, path, called, node, count, ops)
            case Listed() if node is None or node.items is not None or is_text(node):
                yield from self._list(shape, path, called, node, required)
            case _:
                yield Field(path, called, text(node), required=required)

    def _list(
        self, shape: Listed, path: Path, called: Term, node: Node | None, required: bool
    ) -> Iterator[Element]:
        items = list(enumerate((node and node.items) or ()))
        ops = ("add",) if required else ("add", "remove")
        item = shape.item
        if isinstance(item, Leaf) and (node is None or is_words(node)):
            yield self.cells.words(shape, path, called, node, required)
        elif isinstance(item, Record) and is_flat(item):
            rows = [(place, _row_name(each, place), each) for place, each in items]
            yield replace(self._table(item, path, list(rows), kind_of(path)), label=called, ops=ops)
        elif isinstance(item, Record):
            groups = (
                replace(
                    self._group(item, (*path, place), each), label=terms.row(place + 1), ops=ENTRY
                )
                for place, each in items
            )
            yield Group(path, called, tuple(groups), ops=ops)
        else:
            yield replace(self.cells.rows(item, path, items), label=called, ops=ops)

    def _variant(
        self, shape: Variants, path: Path, called: Term, node: Node, ops: tuple[str, ...]
    ) -> Group:
        form = shape.chosen(node)
        inner = shape.forms.get(form)
        forms = words.forms(tuple(shape.forms))
        if isinstance(inner, Record):
            group = self._group(inner, path, node)
            return replace(group, label=called, form=form, forms=forms, ops=ops)
        elements: tuple[Element, ...] = ()
        if isinstance(inner, Leaf) and inner.kind != "fixed":
            elements = (self.cells.field(inner, path, called, node, required=False),)
        return Group(path, called, elements, form=form, forms=forms, ops=ops)


def _row_name(node: Node, place: int) -> Label:
    """Return what a row is called: its own name, else its number."""
    return (
        named(node, place) if child(node, "name") or child(node, "grade") else terms.row(place + 1)
    )


def _first(part: Part) -> int:
    return layout.FIRST.index(part.key) if part.key in layout.FIRST else len(layout.FIRST)


def _column(of: Record, part: Part, language: str) -> Term:
    return terms.part(f"{part.name}.{language}") if language else label(of, part)
