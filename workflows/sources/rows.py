"""A table row by row: what can be read goes on, the rest is set aside with reasons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from engine.errors import N_, Fault, KaohengError, Place
from workflows.sources.extraction import Quarantined
from workflows.sources.model import Field
from workflows.sources.tabular import Row, Table
from workflows.sources.values import canonical, one_line

Read = TypeVar("Read")


def sort_rows(
    part: str, table: Table, read: Callable[[Row], Read]
) -> tuple[tuple[Read, ...], tuple[Quarantined, ...]]:
    """Return what ``read`` makes of each row, and the rows that it refuses (KaohengError)."""
    kept: list[Read] = []
    quarantined: list[Quarantined] = []
    for row in table.rows:
        try:
            _refuse_extra_cells(table, row)
            kept.append(read(row))
        except KaohengError as error:
            quarantined.append(
                Quarantined(part, table.file.name, row.line, error.faults, table.raw(row))
            )
    return tuple(kept), tuple(quarantined)


class Codes:
    """The codes of one table's rows, each of which may stand once."""

    def __init__(self, table: Table, column: str) -> None:
        self.table = table
        self.column = column
        self.lines: dict[str, int] = {}

    def claim(self, row: Row) -> str:
        """Return the row's code; raise KaohengError if it is blank or an earlier row has it."""
        code = required_text(self.table, row, self.column)
        first = self.lines.setdefault(code, row.line)
        if first != row.line:
            raise KaohengError(
                [
                    Fault(
                        "row.duplicate",
                        N_("“{value}” stands in line {first} and again in line {second}."),
                        N_("Remove one of them; line {first} was kept."),
                        {"value": code, "first": first, "second": row.line},
                        self.table.place(row, self.column),
                    )
                ]
            )
        return code


def required_text(table: Table, row: Row, column: str) -> str:
    """Return the cell's text on one line; raise KaohengError if it is blank."""
    text = one_line(table.value(row, column))
    if not text:
        raise KaohengError([blank(table, row, column)])
    return text


def read_fields(table: Table, row: Row, fields: Sequence[Field]) -> dict[str, str]:
    """Return the canonical text of each field that is not blank; raise every fault of the row."""
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for field in fields:
        text = table.value(row, field.column)
        if text:
            try:
                values[field.name] = canonical(field, text)
            except KaohengError as error:
                faults += located(error, table.place(row, field.column))
    missing = [field for field in fields if field.name not in values and _needed(field, values)]
    if missing:
        faulty = {fault.place.path for fault in faults}
        faults += [
            blank(table, row, field.column) for field in missing if field.column not in faulty
        ]
    if faults:
        raise KaohengError(faults)
    return values


def located(error: KaohengError, place: Place) -> list[Fault]:
    """Return the error's faults, which know no place yet, at ``place``."""
    return [replace(fault, place=place) for fault in error.faults]


def blank(table: Table, row: Row, column: str) -> Fault:
    """Return the fault of a blank cell that must hold something."""
    return Fault(
        "row.blank",
        N_("“{column}” is blank."),
        N_("Fill it in; a row like this one needs it."),
        {"column": column, "value": ""},
        table.place(row, column),
    )


def _needed(field: Field, values: dict[str, str]) -> bool:
    if not field.required_when:
        return field.required
    return field.required or any(
        values.get(other) in wanted for other, wanted in field.required_when.items()
    )


def _refuse_extra_cells(table: Table, row: Row) -> None:
    if len(row.cells) > table.width:
        raise KaohengError(
            [
                Fault(
                    "row.extra_cells",
                    N_("The row has {cells} cells, its header {columns}."),
                    N_("A comma inside a value needs quotation marks around it."),
                    {"cells": len(row.cells), "columns": table.width, "value": row.cells[-1]},
                    table.place(row),
                )
            ]
        )
