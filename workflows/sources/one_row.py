"""One row read by the rules of its source, as if it stood in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.errors import KaohengError
from workflows.sources.extract import understand
from workflows.sources.extraction import (
    CUSTOMER,
    ORGANISATION,
    PRODUCT,
    Extraction,
    Known,
    canonical_json,
)
from workflows.sources.model import Field, FieldType, Source
from workflows.sources.tabular import Row, Table


@dataclass(frozen=True, slots=True)
class Cell:
    """A column that rows of a part have; ``choices`` are its only spellings, where it has some."""

    column: str
    type: FieldType = FieldType.TEXT
    choices: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()


def read_row(
    source: Source, part: str, line: int, cells: Mapping[str, str], known: Known
) -> Extraction:
    """Return what the row becomes; raise KaohengError with all that is wrong with it."""
    only = narrowed(source, part)
    file = source.files[dict(source.parts())[part]]
    table = Table(
        file,
        hashlib.sha256(canonical_json(dict(cells))).hexdigest(),
        {column: place for place, column in enumerate(cells)},
        len(cells),
        (Row(line, tuple(cells.values())),),
    )
    extraction = understand(only, {file.id: table}, known)
    if extraction.quarantined:
        raise KaohengError(extraction.quarantined[0].faults)
    return extraction


def narrowed(source: Source, part: str) -> Source:
    """Return the source as if it had no other part."""
    return replace(
        source,
        organisation=source.organisation if part == ORGANISATION else None,
        customers=source.customers if part == CUSTOMER else None,
        products=source.products if part == PRODUCT else None,
        records=tuple(kind for kind in source.records if kind.kind == part),
    )


def cells_of(source: Source, part: str) -> tuple[Cell, ...]:
    """Return the columns that a row of ``part`` is read from, in the source's order."""
    only = narrowed(source, part)
    fields = {field.column: field for field in _fields(only)}
    return tuple(
        Cell(column, field.type, tuple(field.choices), field.formats)
        if (field := fields.get(column))
        else Cell(column)
        for column in only.columns(dict(source.parts())[part])
    )


def code_column(source: Source, part: str) -> str:
    """Return the column that holds the code which tells rows of ``part`` apart."""
    only = narrowed(source, part)
    if only.organisation:
        return only.organisation.person
    catalogue = only.customers or only.products
    return catalogue.code if catalogue else only.records[0].code


def _fields(only: Source) -> tuple[Field, ...]:
    parts = (only.customers, only.products, *only.records)
    return tuple(field for part in parts if part for field in part.fields)
