"""What somebody did to a workbook: values typed, rows added, rows taken out, each with its cell.

The layout of the text that the workbook began from is made anew, and each row of the workbook is
held against the row whose mark it has. What cannot be told is a fault with the cell's address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from engine.errors import N_, Fault, Place
from engine.reader import Path, read
from engine.sheets.parts import Field, dotted
from engine.sheets.typed import differs, words
from workflows.sources.workbook import text_of
from workflows.workbooks.cells import Cell, UnclearError, meant
from workflows.workbooks.layout import Block, Row, pages
from workflows.workbooks.reading import Returned, Sent
from workflows.workbooks.writing import ADDED, HEADER, SUM, choices, delete, header

_YES = frozenset({"delete", "删除", "x", "√", "是", "yes", "y"})
Data = dict[str, Any] | list[Any] | str


@dataclass(frozen=True, slots=True)
class Added:
    """A row that was not there: what holds it, its name or place in it, what it says."""

    holder: Path
    last: str | int
    data: Data
    place: Place

    @property
    def path(self) -> Path:
        return (*self.holder, self.last)


@dataclass
class Edits:
    """``values`` by path (None: emptied), rows ``added`` and ``removed``, all against the base.

    ``at`` says in which cell a field stands, ``faults`` what cannot be read.
    """

    values: dict[Path, str | None] = field(default_factory=dict)
    added: list[Added] = field(default_factory=list)
    removed: dict[Path, Place] = field(default_factory=dict)
    at: dict[str, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.added or self.removed)


def edits_of(returned: Returned, base: str) -> Edits:
    """Return what was done to the workbook of the text ``base``, with all faults of its cells."""
    tree = read(base.removeprefix("\ufeff"), returned.policy)
    blocks = [block for page in pages(tree, returned.language) for block in page.blocks]
    reader = _Reader(returned, {block.key: block for block in blocks})
    for each in returned.rows:
        reader.take(each)
    for block in blocks:
        reader.missing(block)
    return reader.edits


class _Reader:
    """Goes through the workbook's rows from above; ``after`` is where the last known row stood."""

    def __init__(self, returned: Returned, blocks: Mapping[str, Block]) -> None:
        self.returned, self.blocks, self.edits = returned, blocks, Edits()
        self.rows = {row.key: (block, row) for block in blocks.values() for row in block.rows}
        self.seen: set[str] = set()
        self.after: dict[str, int] = {}
        self.sheets = {each.sheet for each in returned.rows if each.mark.startswith(HEADER)}

    def take(self, sent: Sent) -> None:
        mark = sent.mark
        if mark.startswith(HEADER):
            self._header(sent, self.blocks.get(mark[1:]))
        elif mark.startswith(ADDED) and mark[1:] in self.blocks:
            self._addition(sent, self.blocks[mark[1:]])
        elif mark in self.rows and sent.sheet in self.sheets:
            block, row = self.rows[mark]
            if mark in self.seen:  # a row copied to begin a new one from
                self._addition(sent, block)
            else:
                self._row(sent, block, row)
        elif not mark and sent.sheet in self.sheets and _is_title(sent):
            return
        elif not mark.startswith(SUM) and sent.sheet in self.sheets:
            self._unmarked(sent)

    def missing(self, block: Block) -> None:
        """Take rows whose mark is gone as taken out, where rows of this block may be."""
        gone = [row for row in block.rows if row.key not in self.seen]
        for row in gone:
            place = Place(self.returned.file, path=row.key)
            if block.grows and len(gone) < len(block.rows):
                self.edits.removed[row.path] = place
            else:
                self._fault(
                    place,
                    N_("The row of {name} is missing."),
                    N_("Download the workbook anew, or put the row back."),
                    name=row.label,
                )

    def _header(self, sent: Sent, block: Block | None) -> None:
        if block is None:
            self._fault(sent.place(0), *_STRANGE)
            return
        for place, text in enumerate(header(block, self.returned.language)):
            if text_of(sent.cell(place).value) != text:
                self._fault(
                    sent.place(place),
                    N_("The column “{name}” is not where it was."),
                    N_("Put the columns back as they were downloaded."),
                    name=text,
                )

    def _row(self, sent: Sent, block: Block, row: Row) -> None:
        self.seen.add(row.key)
        if isinstance(row.path[-1], int):
            self.after[block.key] = row.path[-1] + 1
        if block.grows and self._is_deleted(sent, 1 + len(block.columns)):
            self.edits.removed[row.path] = sent.place(0)
            return
        self._locked(sent, 0, row.label)
        for place, each in enumerate(row.cells, 1):
            if each is None:
                self._locked(sent, place, "")
            else:
                self._value(sent, place, each)

    def _value(self, sent: Sent, place: int, of: Field) -> None:
        at = sent.place(place, of.name)
        self.edits.at[of.name] = at
        said = self._read(lambda: self._meant(sent.cell(place), of, of.value), at)
        if said is not None and said != of.value and differs(of, said):
            self.edits.values[of.path] = said or None

    def _locked(self, sent: Sent, place: int, text: str) -> None:
        if text_of(sent.cell(place).value) != text.strip():
            self._fault(
                sent.place(place),
                N_("This cell cannot be changed here."),
                N_("Put “{text}” back, and change it on the policy's page."),
                text=text,
            )

    def _is_deleted(self, sent: Sent, place: int) -> bool:
        said = text_of(sent.cell(place).value).strip().casefold()
        if said and said not in _YES:
            self._fault(
                sent.place(place),
                N_("This is not a word for taking the row out."),
                N_("Choose “{word}”, or leave the cell empty."),
                word=delete(self.returned.language),
            )
        return said in _YES

    def _addition(self, sent: Sent, block: Block) -> None:
        values: dict[Path, Data] = {}
        both = zip(block.columns, block.samples, strict=True)
        for place, ((column, _), sample) in enumerate(both, 1):
            read = partial(self._meant, sent.cell(place), sample, "")
            if said := self._read(read, sent.place(place)):
                values[column] = list(words(said)) if sample.kind == "words" else said
        if not values:
            return
        last = self._name(sent, block) if block.coded else self.after.get(block.key, 0)
        row = Added(block.holder, last, _data(values), sent.place(0, dotted((*block.holder, last))))
        self.edits.added.append(row)
        for place, (column, _) in enumerate(block.columns, 1):
            name = dotted((*row.path, *column))
            self.edits.at[name] = sent.place(place, name)

    def _meant(self, cell: Cell, of: Field, before: str) -> str:
        """Return what a cell means; a choice may be typed by its meaning, as it is shown."""
        said = text_of(cell.value).casefold()
        for value, shown in choices(of, self.returned.language).items():
            if said in {shown.casefold(), value.casefold()}:
                return before if value == before else value
        return meant(cell, before, of.kind)

    def _name(self, sent: Sent, block: Block) -> str:
        """Return the code that is typed as a new entry's name, or one that is free."""
        typed = text_of(sent.cell(0).value)
        taken = {row.path[-1] for row in block.rows}
        taken |= {each.last for each in self.edits.added if each.holder == block.holder}
        if typed.isascii() and typed and typed not in taken:
            return typed
        number = 1
        while f"new_{number}" in taken:
            number += 1
        return f"new_{number}"

    def _unmarked(self, sent: Sent) -> None:
        """A row without a mark is somebody's note, unless it stands where values would."""
        self._fault(
            sent.place(0),
            N_("It cannot be told what this row is."),
            N_("Copy a whole row of the table, or fill in one that is marked “＋”."),
        )

    def _read(self, read: Callable[[], str], at: Place) -> str | None:
        try:
            return read()
        except UnclearError as unclear:
            message, remedy, *params = unclear.args
            self._fault(at, message, remedy, **(params[0] if params else {}))
            return None

    def _fault(self, place: Place, message: str, remedy: str, **params: object) -> None:
        self.edits.faults.append(Fault("workbook.cell", message, remedy, params, place))


_STRANGE = (
    N_("This table is not part of the policy."),
    N_("Download the workbook anew, and make your changes in that one."),
)


def _is_title(sent: Sent) -> bool:
    """Say whether only the first cell has anything: the name of the table below it."""
    return all(each.is_empty for each in sent.cells[1:])


def _data(values: Mapping[Path, Data]) -> Data:
    """Put values together by their paths: texts, in lists where a part of the path is a number."""
    if set(values) == {()}:
        return values[()]
    inner: dict[str | int, dict[Path, Data]] = {}
    for path, value in values.items():
        inner.setdefault(path[0], {})[path[1:]] = value
    if all(isinstance(key, int) for key in inner):
        return [_data(each) for _, each in sorted(inner.items(), key=lambda pair: int(pair[0]))]
    return {str(key): _data(each) for key, each in inner.items()}
