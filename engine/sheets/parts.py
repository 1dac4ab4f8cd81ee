"""The parts of a form: sections of groups, tables and fields, each with its path in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from engine.model import Bilingual
from engine.reader import Node, Path
from engine.telling.terms import Term

Label = Bilingual | Term
SEPARATORS = ",，、"


@dataclass(frozen=True, slots=True)
class Option:
    """Something to pick: how it is written, and what it means; what it may be put in first."""

    value: str
    meaning: Label


@dataclass(frozen=True, slots=True)
class Field:
    """One value as it is written; empty where an optional one is not given.

    ``kind`` says how it is put in: ``text``, ``code``, ``number``, ``date``, ``period``,
    ``choice`` and ``flag`` (one of ``options``), ``reference`` and ``aim`` (picked from the
    ``names`` that the policy defines), ``formula``, ``condition``, or ``words`` (a list).
    ``meaning`` is what the thing is called that a reference names.
    """

    path: Path
    label: Term
    value: str
    kind: str = "text"
    options: tuple[Option, ...] = ()
    names: tuple[str, ...] = ()
    required: bool = False
    meaning: Label | None = None

    @property
    def name(self) -> str:
        """The path with dots, as a fault's place has it."""
        return dotted(self.path)

    @property
    def is_formula(self) -> bool:
        return self.kind in {"formula", "condition"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what it is about, and a cell a column (None: nothing to change).

    ``ops`` are the edits of structure that the row takes.
    """

    label: Label
    cells: tuple[Field | Bilingual | None, ...]
    path: Path = ()
    ops: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return dotted(self.path)


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines under common columns; ``kind`` and ``edge`` are a table's.

    ``kind`` is ``steps`` or the like, ``edge`` the word that its rows have. ``parts`` are the
    columns that could be added.
    """

    columns: tuple[Term, ...]
    lines: tuple[Line, ...]
    label: Label | None = None
    kind: str = ""
    path: Path = ()
    edge: str = ""
    ops: tuple[str, ...] = ()
    parts: tuple[Option, ...] = ()

    @property
    def name(self) -> str:
        return dotted(self.path)

    @property
    def fields(self) -> list[Field]:
        return [cell for line in self.lines for cell in line.cells if isinstance(cell, Field)]

    def walk(self) -> Iterator[Element]:
        yield self
        yield from self.fields


@dataclass(frozen=True, slots=True)
class Group:
    """Fields, tables and groups that belong together.

    ``form`` says which of its ``forms`` it has (a method of scoring, ``all`` of several
    conditions), ``parts`` what could be added to it, ``ops`` the edits of structure that it takes.
    ``is_entry`` where it is one of a section's: it then has a name of its own.
    """

    path: Path
    label: Label | None
    elements: tuple[Element, ...]
    form: str = ""
    forms: tuple[Option, ...] = ()
    parts: tuple[Option, ...] = ()
    ops: tuple[str, ...] = ()
    is_entry: bool = False

    @property
    def name(self) -> str:
        return dotted(self.path)

    def walk(self) -> Iterator[Element]:
        yield self
        for each in self.elements:
            yield from walked(each)


Element = Field | Grid | Group


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form; ``code`` is its name in the file, ``lead`` the table above its entries.

    Entries are folded where ``is_folded``. ``ops`` has ``add`` where entries can be added.
    """

    code: str
    title: Term
    elements: tuple[Element, ...]
    ops: tuple[str, ...] = ()
    is_folded: bool = False

    @property
    def path(self) -> Path:
        return (self.code,)

    @property
    def name(self) -> str:
        return self.code

    @property
    def fields(self) -> list[Field]:
        return [each for each in self.walk() if isinstance(each, Field)]

    def walk(self) -> Iterator[Element]:
        for each in self.elements:
            yield from walked(each)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form of one text; ``known`` are the names that it defines, by where."""

    sections: tuple[Section, ...]
    known: dict[str, tuple[Option, ...]]

    @property
    def fields(self) -> list[Field]:
        return [each for part in self.sections for each in part.fields]

    @property
    def lists(self) -> dict[tuple[str, ...], tuple[Option, ...]]:
        """Return what there is to pick, for all the names that some field may have."""
        wanted = dict.fromkeys(each.names for each in self.fields if each.names)
        return {
            names: tuple(each for name in names for each in self.known.get(name, ()))
            for names in wanted
        }

    def walk(self) -> Iterator[Element | Section]:
        for part in self.sections:
            yield part
            yield from part.walk()


def walked(element: Element) -> Iterator[Element]:
    """Give an element and all in it; a field of a table comes once."""
    if isinstance(element, Field):
        yield element
    else:
        yield from element.walk()


def mapped(element: Element, change: Callable[[Field], Field]) -> Element:
    """Return an element with each of its fields changed."""

    def cell(of: Field | Bilingual | None) -> Field | Bilingual | None:
        return change(of) if isinstance(of, Field) else of

    if isinstance(element, Field):
        return change(element)
    if isinstance(element, Group):
        inner = tuple(mapped(each, change) for each in element.elements)
        return replace(element, elements=inner)
    lines = (replace(line, cells=tuple(map(cell, line.cells))) for line in element.lines)
    return replace(element, lines=tuple(lines))


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)


def entries(root: Node, section: str) -> list[tuple[str | int, Node]]:
    """Return a section's entries: by name, or by place where it is a list."""
    node = child(root, section)
    if node is None:
        return []
    found: list[tuple[str | int, Node]] = [
        (key, value) for key, (_, value) in (node.entries or {}).items()
    ]
    return found or list(enumerate(node.items or []))


def named(node: Node | None, code: str | int) -> Bilingual:
    """Return an entry's name; a grade's has its letter before it."""
    zh, en = (text(child(child(node, "name"), language)) for language in ("zh", "en"))
    grade = text(child(node, "grade"))
    if grade:
        return Bilingual(f"{grade} {zh}".strip(), f"{grade} {en}".strip())
    return Bilingual(zh or str(code), en or str(code))


def text(node: Node | None) -> str:
    return node.text or "" if node else ""


def child(node: Node | None, key: str | int) -> Node | None:
    found = node.child(key) if node else None
    return found[1] if found else None
