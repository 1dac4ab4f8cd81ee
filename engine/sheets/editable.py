"""The form of a policy, made from its schema: every part, with its path in the text.

The form is read from the text's tree, not from the model, so that a draft with faults can be
shown and mended. ``shapes`` says what there may be, ``layout`` how it is arranged; a part that
is not given is offered to be added, or stands there empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from engine.model import Bilingual
from engine.reader import Node, Path, Tree
from engine.schema.policy import PolicySchema
from engine.sheets import layout, words
from engine.sheets.names import known
from engine.sheets.parts import (
    SEPARATORS,
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

ENTRY = ("up", "down", "copy", "remove")  # what can be done with an entry or a row
GROUPS = ("all", "any", "not")  # what a condition may be beside a text
EDGES = ("from", "above", "to", "below")


def sheet(tree: Tree) -> Sheet:
    """Return the form of a policy's text, in the order that HR thinks in."""
    return _Maker(tree.root, known(tree)).sheet()


def label(of: Record, part: Part) -> Term:
    """Return what a part is called: the model's name for it, in its class."""
    return terms.part(part.name, of.makes)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes elements of shapes and what stands in the text; ``known`` names what it defines."""

    root: Node
    known: dict[str, tuple[Option, ...]]

    def sheet(self) -> Sheet:
        policy = record(PolicySchema)
        parts = {part.key: part for part in policy.parts if part.key not in layout.APART}
        heading = [part for part in parts.values() if _is_plain(part.shape)]
        found = {"policy": self._heading(policy, heading)}
        for part in parts.values():
            if part not in heading:
                found[part.key] = self._section(part)
        ordered = dict.fromkeys([*layout.TITLES, *found])
        return Sheet(tuple(found[code] for code in ordered if code in found), self.known)

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
        if _is_flat(of):
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
                tuple(self._cell(of, part, (*path, code), node) for part in parts),
                (*path, code),
                ENTRY,
            )
            for code, node in pairs
        ]
        return Grid(tuple(label(of, part) for part in parts), tuple(lines), path=path)

    def _cell(self, of: Record, part: Part, path: Path, node: Node) -> Field | None:
        """Return a part as one field; None where the text has something else there."""
        at, value = (*path, part.key), child(node, part.key)
        if isinstance(part.shape, Listed) and (value is None or _is_words(value)):
            return self._words(part.shape, at, label(of, part), value, part.required)
        if isinstance(part.shape, Leaf) and (value is None or _is_text(value)):
            return self._field(part.shape, at, label(of, part), value, part.required)
        return None

    def _table(
        self, of: Record, path: Path, rows: list[tuple[str | int, Label, Node]], kind: str = ""
    ) -> Grid:
        """Return a table with a line a row, and the columns that are needed or used."""
        used = {key for _, _, node in rows for key in node.entries or {}}
        columns: list[tuple[Term, Part, str]] = []
        for part in of.parts:
            if part.key in used or part.required:
                languages = ("zh", "en") if _is_name(part.shape) else ("",)
                columns += [(_column(of, part, each), part, each) for each in languages]
        edge = next((each for each in EDGES if kind and each in used), "")
        lines = [
            Line(
                called,
                tuple(
                    self._name_cell((*path, key, part.key), title, node, part, language)
                    if language
                    else self._cell(of, part, (*path, key), node)
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

    def _name_cell(
        self, path: Path, title: Term, node: Node, part: Part, language: str
    ) -> Field | None:
        value = child(node, part.key)
        if value is None:
            return None
        return Field((*path, language), title, text(child(value, language)), required=True)

    def _group(
        self, of: Record, path: Path, node: Node | None, apart: frozenset[str] = frozenset()
    ) -> Group:
        elements: list[Element] = []
        parts = []
        small = _is_flat(of) and node is not None
        for part in sorted(of.parts, key=_first):
            value = child(node, part.key)
            if part.key in apart:
                continue
            if value is None and not part.required and not (small and _is_leaf(part.shape)):
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
            case Leaf() if node is None or _is_text(node):
                yield self._field(shape, path, called, node, required)
            case Record() if node is None or node.entries is not None:
                if _is_name(shape):
                    yield self._bilingual(path, called, node, ops)
                else:
                    yield replace(self._group(shape, path, node), label=called, ops=ops)
            case Variants() if node is not None:
                yield self._variant(shape, path, called, node, ops)
            case Condition():
                group = self._condition(path, called, node)
                yield replace(group, ops=(*group.ops, *ops))
            case Plane() if node is not None and holder is not None:
                yield from planes(path, called, holder)
            case Keyed(item=Record() as item):
                grids = tuple(self._entries(item, path, node))
                yield Group(path, called, grids, ops=("enter", *ops))
            case Keyed() if node is None or node.entries is not None:
                yield self._keyed(shape, path, called, node, ops)
            case Listed(item=Leaf(), count=int() as count) if node is None or _is_words(node):
                yield self._fixed(shape, path, called, node, count, ops)
            case Listed() if node is None or node.items is not None or _is_text(node):
                yield from self._list(shape, path, called, node, required)
            case _:
                yield Field(path, called, text(node), required=required)

    def _field(
        self, leaf: Leaf, path: Path, called: Term, node: Node | None, required: bool
    ) -> Field:
        value = text(node)
        options = words.choices(_key(path), leaf.options) if leaf.options else ()
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

    def _meaning(self, leaf: Leaf, value: str) -> Label | None:
        found = (each for name in leaf.names for each in self.known.get(name, ()))
        return next((each.meaning for each in found if each.value == value), None)

    def _words(
        self, shape: Listed, path: Path, called: Term, node: Node | None, required: bool
    ) -> Field:
        assert isinstance(shape.item, Leaf)
        items = [node] if node is not None and node.items is None else (node and node.items) or ()
        value = ", ".join(text(each) for each in items)
        return Field(path, called, value, "words", (), shape.item.names, required)

    def _fixed(
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
            self._field(
                shape.item,
                (*path, place),
                terms.numbered(key, place),
                child(node, place),
                required=True,
            )
            for place in range(count)
        )
        return Group(path, called, tuple(fields), ops=ops)

    def _bilingual(
        self, path: Path, called: Term, node: Node | None, ops: tuple[str, ...]
    ) -> Group:
        fields = (
            Field((*path, each), terms.part(each), text(child(node, each)), required=True)
            for each in ("zh", "en")
        )
        return Group(path, called, tuple(fields), ops=ops)

    def _keyed(
        self, shape: Keyed, path: Path, called: Term, node: Node | None, ops: tuple[str, ...]
    ) -> Grid:
        lines = []
        for key, (_, value) in ((node and node.entries) or {}).items():
            at = (*path, key)
            if isinstance(shape.item, Listed):
                cell = self._words(shape.item, at, called, value, required=True)
            else:
                assert isinstance(shape.item, Leaf)
                cell = self._field(shape.item, at, called, value, required=True)
            lines.append(Line(self._called(key), (cell,), at, ("remove",)))
        return Grid((called,), tuple(lines), called, path=path, ops=("enter", *ops))

    def _called(self, key: str) -> Label:
        return terms.given(key)

    def _list(
        self, shape: Listed, path: Path, called: Term, node: Node | None, required: bool
    ) -> Iterator[Element]:
        items = list(enumerate((node and node.items) or ()))
        ops = ("add",) if required else ("add", "remove")
        item = shape.item
        if isinstance(item, Leaf) and (node is None or _is_words(node)):
            yield self._words(shape, path, called, node, required)
        elif isinstance(item, Record) and _is_flat(item):
            rows = [(place, _row_name(each, place), each) for place, each in items]
            yield replace(self._table(item, path, list(rows), _kind(path)), label=called, ops=ops)
        elif isinstance(item, Record):
            groups = (
                replace(
                    self._group(item, (*path, place), each), label=terms.row(place + 1), ops=ENTRY
                )
                for place, each in items
            )
            yield Group(path, called, tuple(groups), ops=ops)
        else:
            yield replace(self._rows(item, path, items), label=called, ops=ops)

    def _rows(self, item: Shape, path: Path, items: list[tuple[int, Node]]) -> Grid:
        """Return a table of rows that are lists themselves, or single texts."""
        leaf = item.item if isinstance(item, Listed) else item
        assert isinstance(leaf, Leaf)
        wide = item.count or 1 if isinstance(item, Listed) else 1
        columns = tuple(terms.numbered(str(path[-1]), place) for place in range(wide))
        lines = []
        for place, node in items:
            at = (*path, place)
            cells = [
                self._field(leaf, (*at, number), title, child(node, number), required=True)
                if isinstance(item, Listed)
                else self._field(leaf, at, title, node, required=True)
                for number, title in enumerate(columns)
            ]
            lines.append(Line(terms.row(place + 1), tuple(cells), at, ENTRY))
        return Grid(columns, tuple(lines), kind=_kind(path), path=path)

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
            elements = (self._field(inner, path, called, node, required=False),)
        return Group(path, called, elements, form=form, forms=forms, ops=ops)

    def _condition(self, path: Path, called: Label, node: Node | None) -> Group:
        word = next((each for each in GROUPS if child(node, each)), "one")
        several = word in {"all", "any"} and len(child(node, word).items or ()) > 1  # type: ignore[union-attr]
        options = words.forms(GROUPS if several else ("one", *GROUPS))
        if word == "one":
            title = terms.part("when")
            field = Field(path, title, text(node), "condition", names=("values",), required=True)
            return Group(path, called, (field,), form=word, forms=options, ops=("add",))
        inner = child(node, word)
        if word == "not":
            elements = (self._condition((*path, word), called, inner),)
            return Group(path, called, elements, form=word, forms=options)
        terms_of = tuple(
            replace(group, ops=("remove", *(group.ops if group.form != "one" else ())))
            for place, each in enumerate((inner and inner.items) or ())
            for group in [self._condition((*path, word, place), terms.row(place + 1), each)]
        )
        return Group(path, called, terms_of, form=word, forms=options, ops=("add",))


def _key(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _kind(path: Path) -> str:
    """Return the kind of table whose rows stand at ``path``."""
    return (
        str(path[-1]) if path[-1] in {"steps", "marginal", "whole", "cliff", "interpolate"} else ""
    )


def _row_name(node: Node, place: int) -> Label:
    """Return what a row is called: its own name, else its number."""
    return (
        named(node, place) if child(node, "name") or child(node, "grade") else terms.row(place + 1)
    )


def _first(part: Part) -> int:
    return layout.FIRST.index(part.key) if part.key in layout.FIRST else len(layout.FIRST)


def _column(of: Record, part: Part, language: str) -> Term:
    return terms.part(f"{part.name}.{language}") if language else label(of, part)


def _is_name(shape: Shape) -> bool:
    return isinstance(shape, Record) and shape.makes == Bilingual.__name__


def _is_leaf(shape: Shape) -> bool:
    return isinstance(shape, Leaf) or (isinstance(shape, Listed) and isinstance(shape.item, Leaf))


def _is_plain(shape: Shape) -> bool:
    """Say whether a shape fits in the cells of one line."""
    return _is_leaf(shape) or _is_name(shape)


def _is_flat(of: Record) -> bool:
    """Say whether a record fits in a line: few parts, each a cell; tiers use two of seven."""
    rows = {part.key for part in of.parts} >= set(EDGES) and not of.part("labels")
    return all(_is_plain(part.shape) for part in of.parts) and (
        rows or len(of.parts) <= layout.MOST_COLUMNS
    )


def _is_text(node: Node) -> bool:
    return node.entries is None and node.items is None


def _is_words(node: Node) -> bool:
    """Say whether a list can be put in as words between commas."""
    return _is_text(node) or all(
        _is_text(each) and not set(text(each)) & set(SEPARATORS) for each in node.items or [node]
    )
