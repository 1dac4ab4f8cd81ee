"""A policy as a short document: what its form holds, in words, without what is not given.

It is made from the same form as the editor, by the kinds of its elements; what the reader sees of
a construct needs nothing of its own here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from admin.preferences import language
from admin.rulebook.curve import Drawing
from admin.rulebook.wording import Worder, said
from engine.reader import Path
from engine.sheets import layout
from engine.sheets.parts import Element, Field, Grid, Group, Line, Section, Sheet

CONDITIONS = frozenset({"one", "all", "any", "not"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is said of something: ``key`` is its name in the file."""

    key: str
    label: str
    words: str

    def __str__(self) -> str:
        return f"{self.label} {self.words}" if self.label else self.words


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; a row's first text says what it is about."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that has a name, what is said of it, and how it scores."""

    code: str
    title: str
    facts: tuple[Fact, ...]
    curve: Drawing | None = None
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section: its own facts, tables and entries; ``is_folded`` where few look."""

    code: str
    title: str
    facts: tuple[Fact, ...]
    tables: tuple[Table, ...]
    entries: tuple[Entry, ...]
    is_folded: bool


def chapters(of: Sheet, curves: Mapping[Path, Drawing]) -> tuple[Chapter, ...]:
    """Return the sections that say something, in the form's order."""
    reader = _Reader(Worder.of(of), curves)
    found = (reader.chapter(part) for part in of.sections)
    return tuple(each for each in found if each.facts or each.tables or each.entries)


@dataclass(frozen=True, slots=True)
class _Reader:
    words: Worder
    curves: Mapping[Path, Drawing]

    def chapter(self, part: Section) -> Chapter:
        entries = [self._entry(each) for each in part.elements if _is_entry(each)]
        others = [each for each in part.elements if not _is_entry(each)]
        tables = [table for each in others for table in self._tables(each)]
        for key in layout.TOLD.get(part.code, ()) if tables else ():
            tables[0], entries = _with_column(tables[0], entries, key)
        if not any(each.facts or each.curve for each in entries) and tables:
            entries = []
        facts = tuple(fact for each in others for fact in self._facts(each))
        folded = part.code in layout.FOLDED_TO_READ
        return Chapter(part.code, said(part.title), facts, tuple(tables), tuple(entries), folded)

    def _entry(self, of: Element) -> Entry:
        assert isinstance(of, Group)
        facts = tuple(
            fact for each in of.elements if each.path[-1] != "name" for fact in self._facts(each)
        )
        tables = tuple(table for each in of.elements for table in self._tables(each))
        title = said(of.label) if of.label else ""
        return Entry(str(of.path[-1]), title, facts, self.curves.get(of.path), tables)

    def _tables(self, of: Element) -> Iterator[Table]:
        """Give the tables in an element; tiers and single figures are told in a line instead."""
        if isinstance(of, Group):
            for each in of.elements:
                yield from self._tables(each)
        elif isinstance(of, Grid) and not _is_line(of):
            yield self._table(of)

    def _table(self, of: Grid) -> Table:
        columns = ["", *map(said, of.columns)]
        rows = [[said(line.label), *map(self._cell, line.cells)] for line in of.lines]
        wanted = [
            place
            for place in range(len(columns))
            if place == 0 or any(row[place] and row[place] not in row[0] for row in rows)
        ]
        wanted = [each for each in wanted if not _is_other(of, each)]
        return Table(
            tuple(columns[each] for each in wanted),
            tuple(tuple(row[each] for each in wanted) for row in rows),
        )

    def _cell(self, of: object) -> str:
        return self.words.value(of) if isinstance(of, Field) else ""

    def _facts(self, of: Element) -> Iterator[Fact]:
        key, label = str(of.path[-1]) if of.path else "", said(of.label) if of.label else ""
        match of:
            case Field():
                if words := self.words.value(of):
                    yield Fact(key, label, words)
            case Grid():
                if _is_line(of) and (words := self._line(of)):
                    yield Fact(key, "" if of.kind else label, words)
            case Group() if of.form in CONDITIONS:
                yield Fact(key, label, self.words.condition(of))
            case Group() if _is_name(of):
                yield Fact(key, label, self._own(of))
            case Group() if of.elements and all(_is_row(each) for each in of.elements):
                rows = (_joined(self._inner(each)) for each in of.elements)
                yield Fact(key, label, "；".join(rows) if language() == "zh" else "; ".join(rows))
            case Group():
                yield from self._told(of, key, label)

    def _told(self, of: Group, key: str, label: str) -> Iterator[Fact]:
        """Tell a part of several values in one line, its kind first."""
        kind = next((said(each.meaning) for each in of.forms if each.value == of.form), "")
        inner = self._inner(of)
        if not kind and not label:
            yield from inner
            return
        if of.form in {"formula", "field"} or any(each.path == of.path for each in of.elements):
            kind, inner = "", tuple(replace(each, label="") for each in inner)
        words = [kind, *map(str, inner)]
        yield Fact(key, label, " · ".join(filter(None, words)))

    def _inner(self, of: Element) -> tuple[Fact, ...]:
        assert isinstance(of, Group)
        return tuple(fact for each in of.elements for fact in self._facts(each))

    def _own(self, of: Group) -> str:
        """Return a text of both languages in the reader's."""
        return next(
            (each.value for each in of.elements if isinstance(each, Field) and _last(each)), ""
        )

    def _line(self, of: Grid) -> str:
        comma = "；" if language() == "zh" else "; "
        return comma.join(filter(None, (self._row(of, line) for line in of.lines)))

    def _row(self, of: Grid, line: Line) -> str:
        cells = [each for each in line.cells if isinstance(each, Field) and each.value]
        if of.kind == "interpolate":
            return " → ".join(map(self.words.value, cells))
        if of.kind:
            return " · ".join(f"{said(each.label)} {self.words.value(each)}" for each in cells)
        return " ".join([said(line.label), *map(self.words.value, cells)])


def _with_column(table: Table, entries: list[Entry], key: str) -> tuple[Table, list[Entry]]:
    """Move what every entry says under ``key`` into the table of all of them."""
    told = {each.title: fact for each in entries for fact in each.facts if fact.key == key}
    if not told:
        return table, entries
    rows = tuple((*row, told[row[0]].words if row[0] in told else "") for row in table.rows)
    label = next(iter(told.values())).label
    left = [
        replace(each, facts=tuple(fact for fact in each.facts if fact.key != key))
        for each in entries
    ]
    return Table((*table.columns, label), rows), left


def _joined(facts: tuple[Fact, ...]) -> str:
    """Tell a row by its first value, and what else it has by name."""
    first, *rest = facts or (Fact("", "", ""),)
    return " · ".join([first.words, *map(str, rest)])


def _is_entry(of: Element) -> bool:
    return isinstance(of, Group) and of.is_entry


def _is_row(of: Element) -> bool:
    return isinstance(of, Group) and isinstance(of.path[-1], int) and of.form not in CONDITIONS


def _is_line(of: Grid) -> bool:
    """Say whether a table is told in a line: tiers, points, and single figures by name."""
    return bool(of.kind) or len(of.columns) == 1


def _is_name(of: Group) -> bool:
    return bool(of.elements) and all(each.path[-1] in {"zh", "en"} for each in of.elements)


def _last(of: Field) -> bool:
    return of.path[-1] == language()


def _is_other(of: Grid, place: int) -> bool:
    """Say whether a column has names in the language that is not the reader's."""
    cells = (line.cells[place - 1] for line in of.lines) if place else ()
    others = {"zh", "en"} - {language()}
    return any(isinstance(each, Field) and each.path[-1] in others for each in cells)
