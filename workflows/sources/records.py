"""Rows of customers and products, and of records with whose they are."""

from __future__ import annotations

from decimal import Decimal

from engine.errors import N_, Fault, KaohengError
from workflows.sources.extraction import CreditLine, Known, Quarantined, Record
from workflows.sources.model import Catalogue, Credit, Field, FieldType, RecordKind
from workflows.sources.rows import (
    Codes,
    blank,
    located,
    read_fields,
    required_text,
    sort_rows,
)
from workflows.sources.tabular import Row, Table
from workflows.sources.values import one_line, share, unknown

SHARE_PLACES = 6  # with amounts of at most four decimals a product is exact at ten


def read_catalogue(
    part: Catalogue, table: Table, kind: str
) -> tuple[tuple[Record, ...], tuple[Quarantined, ...]]:
    """Read customers or products, which are records of ``kind`` that are nobody's."""
    codes = Codes(table, part.code)

    def read(row: Row) -> Record:
        code = codes.claim(row)
        name = required_text(table, row, part.name)
        return Record(kind, code, {"name": name, **read_fields(table, row, part.fields)})

    return sort_rows(kind, table, read)


def read_records(
    part: RecordKind, table: Table, known: Known
) -> tuple[tuple[Record, ...], tuple[Quarantined, ...]]:
    """Read records of one kind; what they refer to must be ``known``."""
    reader = _RecordReader(part, table, known)
    return sort_rows(part.kind, table, reader.read)


class _RecordReader:
    """Reads one row after the other, each with all of its faults."""

    def __init__(self, part: RecordKind, table: Table, known: Known) -> None:
        self.part = part
        self.table = table
        self.known = known
        self.codes = Codes(table, part.code)
        self.columns = {field.name: field.column for field in part.fields}
        self.things = {
            field.name: known.products if field.type is FieldType.PRODUCT else known.customers
            for field in part.fields
        }
        self.names = {
            FieldType.PERSON: tuple(sorted(known.people)),
            FieldType.CUSTOMER: tuple(sorted(known.customers)),
            FieldType.PRODUCT: tuple(sorted(known.products)),
        }

    def read(self, row: Row) -> Record:
        code = self.codes.claim(row)
        faults: list[Fault] = []
        fields: dict[str, str] = {}
        try:
            fields = read_fields(self.table, row, self.part.fields)
        except KaohengError as error:
            faults += error.faults
        faults += self._unknown_names(row, fields)
        faults += self._runs_back(row, fields)
        credits = self._credits(row, faults)
        if faults:
            raise KaohengError(faults)
        return Record(self.part.kind, code, fields | self._looked_up(fields), credits)

    def _unknown_names(self, row: Row, fields: dict[str, str]) -> list[Fault]:
        return [
            fault
            for field in self.part.fields
            if field.name in fields
            for fault in self._unknown(row, field, fields[field.name])
        ]

    def _unknown(self, row: Row, field: Field, code: str) -> list[Fault]:
        known = {
            FieldType.PERSON: self.known.people,
            FieldType.CUSTOMER: self.known.customers,
            FieldType.PRODUCT: self.known.products,
        }.get(field.type)
        if known is None or code in known:
            return []
        error = unknown(field.type, code, self.names[field.type])
        return located(error, self.table.place(row, field.column))

    def _runs_back(self, row: Row, fields: dict[str, str]) -> list[Fault]:
        return [
            Fault(
                "row.order",
                N_("“{value}” is before {first}, which is {earlier}."),
                N_("Correct one of the two dates."),
                {
                    "value": fields[later],
                    "first": self.columns[earlier],
                    "earlier": fields[earlier],
                },
                self.table.place(row, self.columns[later]),
            )
            for earlier, later in self.part.order
            if earlier in fields and later in fields and fields[later] < fields[earlier]
        ]

    def _looked_up(self, fields: dict[str, str]) -> dict[str, str]:
        """Return what customers and products say, as it stands now."""
        found: dict[str, str] = {}
        for lookup in self.part.lookups:
            thing = self.things[lookup.reference].get(fields.get(lookup.reference, ""), {})
            if lookup.field in thing:
                found[lookup.name] = thing[lookup.field]
        return found

    def _credits(self, row: Row, faults: list[Fault]) -> tuple[CreditLine, ...]:
        lines: list[CreditLine] = []
        before = len(faults)
        for credit in self.part.credits:
            person = one_line(self.table.value(row, credit.person))
            if not person:
                if not credit.optional:
                    faults.append(blank(self.table, row, credit.person))
                continue
            if person not in self.known.people:
                error = unknown(FieldType.PERSON, person, self.names[FieldType.PERSON])
                faults += located(error, self.table.place(row, credit.person))
            part = self._share(row, credit, faults)
            if part:
                lines.append(CreditLine(person, part, credit.role))
        if len(faults) == before and self.part.credits:
            faults += self._whole(row, lines)
        return tuple(lines)

    def _share(self, row: Row, credit: Credit, faults: list[Fault]) -> Decimal | None:
        if credit.share_column is None:
            return credit.share
        text = self.table.value(row, credit.share_column)
        found = share(text)
        if found is None or not 0 <= found <= 1 or found != round(found, SHARE_PLACES):
            faults.append(
                Fault(
                    "row.share",
                    N_("“{value}” is not a share."),
                    N_("Write it as 50% or 0.5, with at most {places} decimals."),
                    {"value": text, "places": SHARE_PLACES},
                    self.table.place(row, credit.share_column),
                )
            )
        return found

    def _whole(self, row: Row, lines: list[CreditLine]) -> list[Fault]:
        total = sum((line.share for line in lines), Decimal(0))
        column = self.part.credits[0].share_column or self.part.credits[0].person
        place = self.table.place(row, column)
        if total != 1:
            message = N_("The shares add up to {total}, not to 100%.")
            remedy = N_("Correct the shares of this row.")
            params = {"total": f"{total * 100:f}%", "value": f"{total * 100:f}%"}
            return [Fault("row.shares", message, remedy, params, place)]
        if len({(line.person, line.role) for line in lines}) < len(lines):
            message = N_("“{value}” is credited twice in the same role.")
            remedy = N_("Add the two shares up.")
            return [Fault("row.credited_twice", message, remedy, {"value": lines[0].person}, place)]
        return []
