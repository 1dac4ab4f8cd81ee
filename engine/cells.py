"""Rows of text → a typed frame of facts, cell by cell; what is wrong is named by its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from engine.errors import N_, Fault, KaohengError, Place
from engine.facts import DECIMAL, MAX_FAULTS, SEGMENT, FactColumn
from engine.language.expression import number
from engine.reader import nearest


def typed(
    wants: Sequence[FactColumn],
    rows: Iterable[Mapping[str, str | None]],
    file: str,
    lines: Sequence[int] | None = None,
) -> pl.DataFrame:
    """Turn rows of text into a frame; raise KaohengError with every bad cell's line and column.

    ``lines`` are the lines (or sheet rows) that the rows stand in; without, they follow a header.
    """
    table = list(rows)
    numbers = list(lines or range(2, len(table) + 2))
    faults = _missing_columns(wants, table, file)
    data: dict[str, list[str | Decimal | None]] = {}
    for want in wants if not faults else ():
        data[want.name] = [
            _cell(want, row.get(want.name), Place(file, line, path=want.name), faults)
            for line, row in zip(numbers, table, strict=True)
        ]
    if not faults:
        segments = data.get(SEGMENT.name, [None] * len(table))
        faults = _repeated(list(zip(data["person"], segments, strict=True)), file, numbers)
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])
    return pl.DataFrame(data, schema=schema(wants))


def schema(wants: Sequence[FactColumn]) -> dict[str, pl.DataType]:
    return {want.name: pl.String() if want.type == "text" else DECIMAL for want in wants}


def _missing_columns(
    wants: Sequence[FactColumn], table: list[Mapping[str, str | None]], file: str
) -> list[Fault]:
    if not table:
        return [
            Fault(
                "facts.empty",
                N_("There is not one row of facts."),
                N_("Give a row per person."),
                place=Place(file),
            )
        ]
    given = list(dict.fromkeys(name for row in table for name in row))
    faults = [
        Fault(
            "facts.missing_column",
            N_("The column `{column}` is missing."),
            N_("Did you mean `{nearest}`?")
            if nearest(want.name, given)
            else N_("Add it; `kaoheng rules facts` lists the columns."),
            {"column": want.name, "nearest": nearest(want.name, given)},
            Place(file, 1, path=want.name),
        )
        for want in wants
        if want.required and want.name not in given
    ]
    known = [want.name for want in wants]
    faults += [
        Fault(
            "facts.unknown_column",
            N_("The column `{column}` is not one of this policy's."),
            N_("Remove or rename it; `kaoheng rules facts` lists the columns."),
            {"column": name},
            Place(file, 1, given.index(name) + 1),
        )
        for name in given
        if name not in known
    ]
    return faults


def _cell(
    want: FactColumn, text: str | None, place: Place, faults: list[Fault]
) -> str | Decimal | None:
    text = text.strip() if text else ""
    if not text:
        if want.required:
            faults.append(
                Fault(
                    "facts.empty_cell",
                    N_("`{column}` is empty."),
                    N_("Fill it in."),
                    {"column": want.name},
                    place,
                )
            )
        return want.default
    if want.unit == "date" and not _is_date(text):
        faults.append(
            Fault(
                "facts.date",
                N_("`{value}` is not a date."),
                N_("Write it as 2026-07-01."),
                {"value": text[:40]},
                place,
            )
        )
    if want.type == "text":
        if want.labels and text not in want.labels:
            faults.append(
                Fault(
                    "facts.label",
                    N_("`{value}` is not one of: {labels}."),
                    N_("Write one of them."),
                    {"value": text[:40], "labels": ", ".join(want.labels)},
                    place,
                )
            )
        return text
    return _decimal(want, text, place, faults)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _decimal(want: FactColumn, text: str, place: Place, faults: list[Fault]) -> Decimal | None:
    try:
        found = number(text)
    except ValueError:
        faults.append(
            Fault(
                "facts.number",
                N_("`{value}` is not a number."),
                N_("Write digits, such as 1234.50."),
                {"value": text[:40]},
                place,
            )
        )
        return None
    exponent_ = found.normalize().as_tuple().exponent
    if not want.least <= found <= want.most or (
        isinstance(exponent_, int) and -exponent_ > want.places
    ):
        faults.append(
            Fault(
                "facts.range",
                N_("{value} is out of range for `{column}`."),
                N_("Between {least} and {most}, with at most {places} decimals."),
                {
                    "value": text[:40],
                    "column": want.name,
                    "least": f"{want.least:f}",
                    "most": f"{want.most:f}",
                    "places": want.places,
                },
                place,
            )
        )
    return found


def _repeated(
    people: Sequence[tuple[object, object]], file: str, numbers: Sequence[int]
) -> list[Fault]:
    """Name whoever is given twice, in one segment."""
    seen: dict[tuple[object, object], int] = {}
    faults = []
    for line, person in zip(numbers, people, strict=True):
        if person in seen:
            faults.append(
                Fault(
                    "facts.twice",
                    N_("`{person}` is in lines {first} and {second}."),
                    N_("Give one row per person."),
                    {"person": person[0], "first": seen[person], "second": line},
                    Place(file, line, path="person"),
                )
            )
        seen.setdefault(person, line)
    return faults
