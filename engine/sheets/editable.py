"""What of a policy HR changes on a form: its figures and formulas, each with its path in the text.

The form is read from the text's tree, not from the model, so that a draft with faults can be
shown and mended. The lists below say once which parts are on it and how they are grouped; what is
not there (names, measures, the workflow) is changed in the file itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import N_
from engine.model import Bilingual
from engine.reader import Node, Path, Tree
from engine.sheets.parts import (
    Field,
    Grid,
    Line,
    Section,
    Sheet,
    child,
    entries,
    field,
    named,
    text,
)
from engine.sheets.tables import table_formulas, tables
from engine.telling import terms
from engine.telling.terms import Term

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
    ("steps", ("formula", "table")),
    ("rules", ("when", "then")),
    ("pools", ("trigger", "fund", "eligible")),
)
_LABELS = {"from": "start"}
ANCHORS = ("threshold", "target", "stretch")


def sheet(tree: Tree) -> Sheet:
    """Return the form of a policy's text, in the order that HR thinks in."""
    root = tree.root
    kpis, grades, constants = (_figures(root, *each) for each in FIGURES)
    total, rounding = (_single(root, *each) for each in SINGLE)
    found = (
        kpis,
        Section("score", terms.term(N_("Scoring tables")), tuple(tables(root, "kpis", "score"))),
        total,
        grades,
        Section("targets", terms.term(N_("Company's targets")), tuple(_targets(root))),
        constants,
        Section("steps", terms.term(N_("Tiers and rates")), tuple(tables(root, "steps", "table"))),
        Section("formulas", terms.term(N_("Conditions and formulas")), tuple(_formulas(root))),
        rounding,
    )
    return Sheet(tuple(part for part in found if part.grids))


def _figures(root: Node, code: str, title: str, keys: tuple[str, ...]) -> Section:
    if code == "kpis":  # what few policies have is a column only where it is used
        rare = ("threshold", "stretch", "gate")
        kpis = [node for _, node in entries(root, code)]
        keys += tuple(key for key in rare if any(child(each, key) for each in kpis))
    lines = [
        Line(named(node, key), tuple(_figure(root, node, (code, key), each) for each in keys))
        for key, node in entries(root, code)
    ]
    columns = tuple(_label(code, key) for key in keys)
    return Section(code, terms.term(title), (Grid(columns, tuple(lines)),) if lines else ())


def _single(root: Node, code: str, title: str, keys: tuple[str, ...]) -> Section:
    node = child(root, code)
    if node is None or node.entries is None:
        return Section(code, terms.term(title), ())
    cells = tuple(_figure(root, node, (code,), key) for key in keys)
    line = Line(terms.section(code), cells)
    return Section(
        code, terms.term(title), (Grid(tuple(terms.part(key) for key in keys), (line,)),)
    )


def _figure(root: Node, node: Node, path: Path, key: str) -> Field | Bilingual | None:
    """Return a field; a KPI's target may be the name of one instead, which the form only shows."""
    value = child(node, key)
    if key in ANCHORS:
        aim = child(child(root, "targets"), text(value)) if value else None
        if value is None or aim is not None:
            return named(aim, text(value)) if value and aim else None
    return field((*path, key), _label(str(path[0]), key), value)


def _label(section: str, key: str) -> Term:
    """Return what the file's ``key`` is called: the model's name for it, in its class."""
    return terms.part(_LABELS.get(key, key), section.removesuffix("s"))


def _targets(root: Node) -> Iterator[Grid]:
    """Give a grid of the company's figures: a line a target, a column a period."""
    found = [
        (code, node, company.entries)
        for code, node in entries(root, "targets")
        if (company := child(node, "company")) is not None and company.entries
    ]
    columns = {period: terms.given(period) for _, _, each in found for period in sorted(each)}
    lines = [
        Line(
            named(node, code),
            tuple(
                field(
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


def _formulas(root: Node) -> Iterator[Grid]:
    """Give a grid of every formula: a line each, called by its entry and its part."""
    for section, keys in FORMULAS:
        for code, entry in entries(root, section):
            fields = [
                each
                for key in keys
                if (node := child(entry, key)) is not None
                for each in _within((section, code, key), node)
            ]
            if fields:
                lines = tuple(Line(each.label, (each,)) for each in fields)
                yield Grid((terms.part("formula"),), lines, named(entry, str(code)))


def _within(path: Path, node: Node) -> Iterator[Field]:
    """Give the formulas of a part: of a table, or of a condition or formula itself."""
    if path[-1] in {"score", "table"} and node.entries is not None:
        for inner, label, formula in table_formulas(path, node):
            yield from _conditions(inner, formula, label)
    else:
        yield from _conditions(path, node, terms.part(str(path[-1])))


def _conditions(path: Path, node: Node, label: Term) -> Iterator[Field]:
    """Give the formulas in a value: itself, those under all/any/not, the amounts of actions."""
    words = {"all": N_("All of"), "any": N_("Any of"), "not": N_("Not")}
    # The plain scoring is a word, not a formula.
    if node.text is not None and node.text != "attainment":
        yield Field(path, label, node.text, is_formula=True)
    for number, item in enumerate(node.items or []):
        amount = child(item, "amount")
        if amount is not None:
            yield from _conditions((*path, number, "amount"), amount, terms.part("amount"))
        elif path[-1] != "then":
            yield from _conditions((*path, number), item, label)
    for word, message in words.items():
        if inner := child(node, word):
            yield from _conditions((*path, word), inner, terms.term(message))
