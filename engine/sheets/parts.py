"""The parts of a form: sections of grids of lines of fields, each with its path in the text."""

from __future__ import annotations

from dataclasses import dataclass

from engine.model import Bilingual
from engine.reader import Node, Path
from engine.telling.terms import Term


@dataclass(frozen=True, slots=True)
class Field:
    """One value as it is written; empty where an optional one is not given."""

    path: Path
    label: Term
    value: str
    is_formula: bool = False

    @property
    def name(self) -> str:
        """The path with dots, as a fault's place has it."""
        return ".".join(str(part) for part in self.path)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the form: what it is about, and a cell a column (None: nothing to change)."""

    label: Bilingual | Term
    cells: tuple[Field | Bilingual | None, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines under common columns; ``kind``, ``path`` and ``edge`` are a table's.

    ``kind`` is ``steps`` or the like, ``edge`` the word that its rows have.
    """

    columns: tuple[Term, ...]
    lines: tuple[Line, ...]
    label: Bilingual | None = None
    kind: str = ""
    path: Path = ()
    edge: str = ""

    @property
    def fields(self) -> list[Field]:
        return [cell for line in self.lines for cell in line.cells if isinstance(cell, Field)]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form with its grids; ``code`` is its name in the file."""

    code: str
    title: Term
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form of one text."""

    sections: tuple[Section, ...]

    @property
    def fields(self) -> list[Field]:
        return [each for part in self.sections for grid in part.grids for each in grid.fields]


def field(path: Path, label: Term, node: Node | None) -> Field:
    return Field(path, label, node.text or "" if node else "")


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
