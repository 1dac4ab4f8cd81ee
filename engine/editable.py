"""What of a policy HR changes on a form: its figures and formulas, each with its path in the text.

The form is read from the text's tree, not from the model, so that a draft with faults can be
shown and mended. ``LAYOUT`` says once which parts are on it and how they are grouped; what is
not there (names, measures, the workflow) is changed in the file itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine import terms
from engine.errors import N_
from engine.model import Bilingual
from engine.reader import Node, Path, Tree
from engine.tabled import SIGNS
from engine.terms import Term


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
        return [field for part in self.sections for grid in part.grids for field in grid.fields]


# Sections whose entries are lines of figures: the file's key, its title, the keys of its columns.
FIGURES = (
    ("kpis", N_("KPIs"), ("weight", "target", "floor", "cap")),
    ("grades", N_("Grades"), ("from", "coefficient")),
    ("constants", N_("Constants"), ("value",)),
)
# Sections that are one line of figures.
SINGLE = (
    ("total", N_("Total"), ("floor", "cap")),
    ("rounding", N_("Decimals, rounded half up"), ("attainment", "points", "total", "money")),
)
# Where formulas stand: section, and the keys that hold one (or conditions over several).
FORMULAS = (
    ("kpis", ("score",)),
    ("steps", ("formula",)),
    ("rules", ("when", "then")),
    ("pools", ("trigger", "fund", "eligible")),
)
# A table's kind: the key of a row's edge where the rows name none; a point is a pair.
EDGES = {"steps": "from", "marginal": "to", "whole": "to", "cliff": "to", "interpolate": ""}
_EDGES = {
    "from": terms.part("start"),
    "above": terms.part("above"),
    "to": terms.term(N_("Up to and with")),
    "below": terms.term(N_("Below")),
}
_LABELS = {"from": "start"}


def sheet(tree: Tree) -> Sheet:
    """Return the form of a policy's text, in the order that HR thinks in."""
    root = tree.root
    kpis, grades, constants = (_figures(root, *each) for each in FIGURES)
    total, rounding = (_single(root, *each) for each in SINGLE)
    found = (
        kpis,
        Section("score", terms.term(N_("Scoring tables")), tuple(_tables(root, "kpis", "score"))),
        total,
        grades,
        Section("targets", terms.term(N_("Company's targets")), tuple(_targets(root))),
        constants,
        Section("steps", terms.term(N_("Tiers and rates")), tuple(_tables(root, "steps", "table"))),
        Section("formulas", terms.term(N_("Conditions and formulas")), tuple(_formulas(root))),
        rounding,
    )
    return Sheet(tuple(part for part in found if part.grids))


def _figures(root: Node, code: str, title: str, keys: tuple[str, ...]) -> Section:
    lines = [
        Line(_named(node, key), tuple(_figure(root, node, (code, key), each) for each in keys))
        for key, node in _entries(root, code)
    ]
    columns = tuple(_label(code, key) for key in keys)
    return Section(code, terms.term(title), (Grid(columns, tuple(lines)),) if lines else ())


def _single(root: Node, code: str, title: str, keys: tuple[str, ...]) -> Section:
    node = _child(root, code)
    if node is None or node.entries is None:
        return Section(code, terms.term(title), ())
    cells = tuple(_figure(root, node, (code,), key) for key in keys)
    line = Line(terms.section(code), cells)
    return Section(
        code, terms.term(title), (Grid(tuple(terms.part(key) for key in keys), (line,)),)
    )


def _figure(root: Node, node: Node, path: Path, key: str) -> Field | Bilingual | None:
    """Return a field; a KPI's target may be the name of one instead, which the form only shows."""
    value = _child(node, key)
    if key == "target":
        named = _child(_child(root, "targets"), value.text or "") if value else None
        if value is None or named is not None:
            return _named(named, value.text or "") if value and named else None
    return _field((*path, key), _label(str(path[0]), key), value)


def _label(section: str, key: str) -> Term:
    """Return what the file's ``key`` is called: the model's name for it, in its class."""
    return terms.part(_LABELS.get(key, key), section.removesuffix("s"))


def _targets(root: Node) -> Iterator[Grid]:
    """Give a grid of the company's figures: a line a target, a column a period."""
    found = [
        (code, node, company.entries)
        for code, node in _entries(root, "targets")
        if (company := _child(node, "company")) is not None and company.entries
    ]
    columns = {period: terms.given(period) for _, _, each in found for period in sorted(each)}
    lines = [
        Line(
            _named(node, code),
            tuple(
                _field(
                    ("targets", code, "company", period),
                    label,
                    entries.get(period, (None, None))[1],
                )
                for period, label in columns.items()
            ),
        )
        for code, node, entries in found
    ]
    if lines:
        yield Grid(tuple(columns.values()), tuple(lines))


def _tables(root: Node, section: str, key: str) -> Iterator[Grid]:
    """Give a grid for every table of a section: a line a row, its edge and its value."""
    for code, entry in _entries(root, section):
        table = _child(entry, key)
        for kind in EDGES:
            rows = _child(table, kind)
            if rows is not None and rows.items:
                path: Path = (section, code, key, kind)
                edge = _edge(kind, rows.items)
                lines = [_row((*path, n), edge, row, n) for n, row in enumerate(rows.items)]
                columns = tuple(cell.label for cell in lines[0].cells if isinstance(cell, Field))
                yield Grid(columns, tuple(lines), _named(entry, str(code)), kind, path, edge)
        if table is not None and _child(table, "values") is not None:
            yield from _cells(entry, (section, code, key, "values"), table)


def _cells(entry: Node, path: Path, table: Node) -> Iterator[Grid]:
    """Give a grid for a table of two dimensions; for one of three, one a band of the first axis."""
    axes = [_steps(axis) for axis in (_child(table, "grid") or table).items or ()]
    values = _child(table, "values")
    planes = [(path, values)]
    if len(axes) == 3 and values is not None:
        planes = [((*path, n), plane) for n, plane in enumerate(values.items or ())]
    for at, plane in planes:
        lines = tuple(
            Line(
                terms.given(axes[-2][n]) if n < len(axes[-2]) else terms.row(n + 1),
                tuple(
                    _field((*at, n, place), terms.given(step), _child(row, place))
                    for place, step in enumerate(axes[-1])
                ),
            )
            for n, row in enumerate((plane.items if plane else None) or ())
        )
        if lines:
            yield Grid(tuple(map(terms.given, axes[-1])), lines, _named(entry, str(path[1])))


def _steps(axis: Node) -> list[str]:
    """Name the bands or labels of an axis."""
    if labels := _child(axis, "labels"):
        return [each.text or "" for each in labels.items or ()]
    sign, edges = next(
        ((sign, node.items or []) for word, sign in SIGNS.items() if (node := _child(axis, word))),
        ("", []),
    )
    texts = [each.text or "" for each in edges]
    if sign in {"≤ ", "< "}:
        return [*(f"{sign}{text}" for text in texts), "…"]
    return ["…", *(f"{sign}{text}" for text in texts)]


def _edge(kind: str, rows: list[Node]) -> str:
    """Return the word that the rows have for their edge."""
    if kind == "interpolate":
        return ""
    return next((word for row in rows for word in _EDGES if _child(row, word)), EDGES[kind])


def _row(path: Path, edge: str, row: Node, number: int) -> Line:
    label = terms.row(number + 1)
    if row.items is not None:
        pair = zip(
            (terms.term(N_("Value looked up")), terms.part("points")), row.items, strict=False
        )
        return Line(label, tuple(_field((*path, n), *each) for n, each in enumerate(pair)))
    value = next((key for key in ("points", "rate", "value") if _child(row, key)), "value")
    return Line(
        label,
        (
            _field((*path, edge), _EDGES[edge], _child(row, edge)),
            _field((*path, value), terms.part(value), _child(row, value)),
        ),
    )


def _formulas(root: Node) -> Iterator[Grid]:
    """Give a grid of every formula: a line each, called by its entry and its part."""
    for section, keys in FORMULAS:
        for code, entry in _entries(root, section):
            fields = [
                field
                for key in keys
                if (node := _child(entry, key)) is not None
                for field in _conditions((section, code, key), node, terms.part(key))
            ]
            if fields:
                lines = tuple(Line(field.label, (field,)) for field in fields)
                yield Grid((terms.part("formula"),), lines, _named(entry, str(code)))


def _conditions(path: Path, node: Node, label: Term) -> Iterator[Field]:
    """Give the formulas in a value: itself, those under all/any/not, the amounts of actions."""
    words = {"all": N_("All of"), "any": N_("Any of"), "not": N_("Not")}
    # The plain scoring is a word, not a formula.
    if node.text is not None and node.text != "attainment":
        yield Field(path, label, node.text, is_formula=True)
    for number, item in enumerate(node.items or []):
        amount = _child(item, "amount")
        if amount is not None:
            yield from _conditions((*path, number, "amount"), amount, terms.part("amount"))
        elif path[-1] != "then":
            yield from _conditions((*path, number), item, label)
    for word, message in words.items():
        if inner := _child(node, word):
            yield from _conditions((*path, word), inner, terms.term(message))


def _field(path: Path, label: Term, node: Node | None) -> Field:
    return Field(path, label, node.text or "" if node else "")


def _entries(root: Node, section: str) -> list[tuple[str | int, Node]]:
    node = _child(root, section)
    if node is None:
        return []
    named: list[tuple[str | int, Node]] = [
        (key, value) for key, (_, value) in (node.entries or {}).items()
    ]
    return named or list(enumerate(node.items or []))


def _named(node: Node | None, code: str | int) -> Bilingual:
    """Return an entry's name; a grade's has its letter before it."""
    zh, en = (_text(_child(_child(node, "name"), language)) for language in ("zh", "en"))
    grade = _text(_child(node, "grade"))
    if grade:
        return Bilingual(f"{grade} {zh}".strip(), f"{grade} {en}".strip())
    return Bilingual(zh or str(code), en or str(code))


def _text(node: Node | None) -> str:
    return node.text or "" if node else ""


def _child(node: Node | None, key: str | int) -> Node | None:
    found = node.child(key) if node else None
    return found[1] if found else None
