"""A file of facts (CSV, XLSX or JSON) → rows of text with the lines they stand in."""

from __future__ import annotations

import json
from pathlib import Path

from engine.errors import N_, Kind, Place, refuse
from workflows.sources.limits import Limits
from workflows.sources.model import Format, SourceFile
from workflows.sources.tabular import read_table

Rows = tuple[list[dict[str, str | None]], list[int]]
_FORMATS = {".csv": Format.CSV, ".tsv": Format.TSV, ".xlsx": Format.XLSX, ".xls": Format.XLS}


def read_facts(path: Path, limits: Limits) -> Rows:
    """Return the rows and their line numbers; raise KaohengError for a file that cannot be read."""
    if not path.is_file():
        raise refuse(
            "facts.no_file",
            N_("There is no file {file}."),
            N_("Check its name and folder."),
            kind=Kind.MISSING,
            place=Place(path.name),
            file=str(path),
        )
    ending = path.suffix.lower()
    if ending == ".json":
        return _json_rows(path, limits)
    if ending not in _FORMATS:
        raise refuse(
            "facts.format",
            N_("Facts are read from .csv, .tsv, .xlsx, .xls and .json, not from {ending}."),
            N_("Save it as one of these."),
            place=Place(path.name),
            ending=ending or path.name,
        )
    delimiter = "\t" if ending == ".tsv" else ","
    file = SourceFile(
        id="facts",
        name=path.name,
        format=_FORMATS[ending],
        encoding="utf-8",
        delimiter=delimiter,
        sheet=None,
        header=1,
        may_be_empty=False,
    )
    table = read_table(file, path.parent, (), limits)
    return [dict(table.raw(row)) for row in table.rows], [row.line for row in table.rows]


def _json_rows(path: Path, limits: Limits) -> Rows:
    place = Place(path.name)
    if path.stat().st_size > limits.file_bytes:
        raise refuse(
            "facts.too_large",
            N_("The file has {size} bytes; at most {limit} are read."),
            N_("Give fewer people at a time."),
            place=place,
            size=path.stat().st_size,
            limit=limits.file_bytes,
        )
    try:
        rows = json.loads(
            path.read_text(encoding="utf-8-sig"), parse_float=str, parse_int=str, parse_constant=str
        )
    except (ValueError, RecursionError) as error:
        raise refuse(
            "facts.json",
            N_("This is not valid JSON in UTF-8: {why}."),
            N_("Write a list of objects, one a person."),
            place=place,
            why=str(error),
        ) from error
    if not isinstance(rows, list) or not all(
        isinstance(row, dict)
        and all(value is None or isinstance(value, str) for value in row.values())
        for row in rows
    ):
        raise refuse(
            "facts.json_shape",
            N_("This is not a list of objects with plain values."),
            N_("Write a list of objects, one a person, with texts and numbers."),
            place=place,
        )
    return rows, list(range(1, len(rows) + 1))
