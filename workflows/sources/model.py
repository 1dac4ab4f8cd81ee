"""What a source file says: files, columns and what their rows are. Inert data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Format(StrEnum):
    """The file formats that are read."""

    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    XLS = "xls"


class FieldType(StrEnum):
    """What a column holds."""

    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    DECIMAL = "decimal"
    INTEGER = "integer"
    CUSTOMER = "customer"
    PRODUCT = "product"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a source; ``header`` is the row with the column names, from 1."""

    id: str
    name: str
    format: Format
    encoding: str
    delimiter: str
    sheet: str | None
    header: int
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One column's meaning.

    ``choices`` are the only spellings allowed, ``codes`` are spellings to replace. ``factor``
    is the unit (万元 is 10,000), ``digits`` the most decimals the value may have after it.
    ``required_when`` names values of other fields that make a blank a fault.
    """

    name: str
    column: str
    type: FieldType
    required: bool
    required_when: Mapping[str, tuple[str, ...]]
    choices: Mapping[str, str]
    codes: Mapping[str, str]
    formats: tuple[str, ...]
    factor: Decimal
    digits: int
    thousands: str
    minimum: Decimal | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """A field whose value is another thing's: ``name`` is ``field`` of what ``reference`` names."""

    name: str
    reference: str
    field: str


@dataclass(frozen=True, slots=True)
class Credit:
    """How rows say whose a record is: a person's column, a share (fixed or in a column), a role."""

    person: str
    share: Decimal | None
    share_column: str | None
    role: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Organisation:
    """Columns of the file whose rows are salespeople with their manager and region."""

    company: str
    company_name: Mapping[str, str]
    file: str
    person: str
    person_name: str
    manager: str
    manager_name: str
    region: str
    team: str | None = None
    post: str | None = None
    rank: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A file whose rows are customers or products, one a row."""

    file: str
    code: str
    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A file whose rows are records of one kind; ``order`` pairs dates that may not run back.

    ``contract`` is the field with the number of the contract, by which people know a deal; None
    where the code is that number.
    """

    kind: str
    name: Mapping[str, str]
    file: str
    code: str
    fields: tuple[Field, ...]
    lookups: tuple[Lookup, ...]
    order: tuple[tuple[str, str], ...]
    credits: tuple[Credit, ...]
    contract: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One source, as its file says it."""

    name: str
    title: Mapping[str, str]
    files: Mapping[str, SourceFile]
    organisation: Organisation | None
    customers: Catalogue | None
    products: Catalogue | None
    records: tuple[RecordKind, ...]

    def parts(self) -> list[tuple[str, str]]:
        """Return what rows become (organisation, or a kind of record), with the file's id."""
        named = [
            ("organisation", self.organisation),
            ("customer", self.customers),
            ("product", self.products),
        ]
        return [
            *((name, part.file) for name, part in named if part),
            *((kind.kind, kind.file) for kind in self.records),
        ]

    def columns(self, file: str) -> tuple[str, ...]:
        """Return the columns that rows of ``file`` must have, in the order they are named."""
        names: list[str] = []
        if self.organisation and self.organisation.file == file:
            part = self.organisation
            names += [part.person, part.person_name, part.manager, part.manager_name, part.region]
            names += [column for column in (part.team, part.post, part.rank) if column]
        for catalogue in (self.customers, self.products):
            if catalogue and catalogue.file == file:
                names += [catalogue.code, catalogue.name]
                names += [field.column for field in catalogue.fields]
        for kind in self.records:
            if kind.file == file:
                names += [kind.code, *(field.column for field in kind.fields)]
                names += [credit.person for credit in kind.credits]
                names += [credit.share_column for credit in kind.credits if credit.share_column]
        return tuple(dict.fromkeys(names))
