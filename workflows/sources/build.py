"""A checked source file's plain values to the model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workflows.sources.model import (
    Catalogue,
    Credit,
    Field,
    FieldType,
    Format,
    Lookup,
    Organisation,
    RecordKind,
    Source,
    SourceFile,
)

UNITS = {
    "元": Decimal(1),
    "千元": Decimal(10) ** 3,
    "万元": Decimal(10) ** 4,
    "百万元": Decimal(10) ** 6,
    "亿元": Decimal(10) ** 8,
    "thousand": Decimal(10) ** 3,
    "million": Decimal(10) ** 6,
}
_DELIMITERS = {Format.CSV: ",", Format.TSV: "\t"}


def build(loaded: Mapping[str, Any]) -> Source:
    """Return the model of a source file whose shape and names have been checked."""
    return Source(
        name=loaded["source"],
        title=loaded["name"],
        files={key: _file(key, entry) for key, entry in loaded["files"].items()},
        organisation=_organisation(loaded["organisation"]) if loaded["organisation"] else None,
        customers=_catalogue(loaded["customers"]) if loaded["customers"] else None,
        products=_catalogue(loaded["products"]) if loaded["products"] else None,
        records=tuple(_kind(kind, entry) for kind, entry in loaded["records"].items()),
    )


def _file(key: str, entry: Mapping[str, Any]) -> SourceFile:
    return SourceFile(
        id=key,
        name=entry["name"],
        format=entry["format"],
        encoding=entry["encoding"],
        delimiter=entry["delimiter"] or _DELIMITERS.get(entry["format"], ","),
        sheet=entry["sheet"],
        header=entry["header"],
        may_be_empty=entry["may_be_empty"],
    )


def _organisation(entry: Mapping[str, Any]) -> Organisation:
    return Organisation(
        company=entry["company"]["code"],
        company_name=entry["company"]["name"],
        file=entry["file"],
        person=entry["person"],
        person_name=entry["person_name"] or entry["person"],
        manager=entry["manager"],
        manager_name=entry["manager_name"] or entry["manager"],
        region=entry["region"],
        team=entry["team"],
        post=entry["post"],
        rank=entry["rank"],
    )


def _catalogue(entry: Mapping[str, Any]) -> Catalogue:
    return Catalogue(
        file=entry["file"],
        code=entry["code"],
        name=entry["name"] or entry["code"],
        fields=_fields(entry["fields_"]),
    )


def _kind(kind: str, entry: Mapping[str, Any]) -> RecordKind:
    return RecordKind(
        kind=kind,
        name=entry["name"],
        file=entry["file"],
        code=entry["code"],
        fields=_fields(entry["fields_"]),
        lookups=tuple(
            Lookup(name, lookup["of"], lookup["field"]) for name, lookup in entry["lookups"].items()
        ),
        order=tuple((earlier, later) for earlier, later in entry["order"]),
        credits=tuple(_credit(credit) for credit in entry["credits"]),
        contract=entry["contract"],
    )


def _fields(entries: Mapping[str, Mapping[str, Any]]) -> tuple[Field, ...]:
    return tuple(_field(name, entry) for name, entry in entries.items())


def _field(name: str, entry: Mapping[str, Any]) -> Field:
    required = entry["required"]
    return Field(
        name=name,
        column=entry["column"],
        type=entry["type"],
        required=required is True,
        required_when=(
            {other: tuple(values) for other, values in required.items()}
            if isinstance(required, Mapping)
            else {}
        ),
        choices=entry["choices"],
        codes=entry["codes"],
        formats=tuple(entry["formats"]),
        factor=entry["unit"],
        digits=0 if entry["type"] is FieldType.INTEGER else entry["digits"],
        thousands=entry["thousands"],
        minimum=entry["minimum"],
    )


def _credit(entry: Mapping[str, Any]) -> Credit:
    fixed = isinstance(entry["share"], Decimal)
    return Credit(
        person=entry["person"],
        share=entry["share"] if fixed else None,
        share_column=None if fixed else entry["share"]["column"],
        role=entry["role"],
        optional=entry["optional"],
    )
