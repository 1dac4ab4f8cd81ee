"""What a source's files hold: the organisation, its records, and the rows set aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from engine.errors import Fault
from workflows.sources.values import plain

ORGANISATION, CUSTOMER, PRODUCT = "organisation", "customer", "product"
COMPANY, REGION, TEAM = "company", "region", "team"
MEMBER, MANAGER = "member", "manager"


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of the organisation; ``kind`` is company, region or team."""

    code: str
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the organisation; ``code`` is the source's own."""

    code: str
    name: str
    post: str | None = None
    rank: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a unit, as ``member`` or ``manager``; one person may be both, in two units."""

    person: str
    unit: str
    role: str


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Whose a record is, from the day ``since`` on: the shares of one day sum to exactly one."""

    person: str
    share: Decimal
    role: str
    since: date | None = None  # None: from the start

    def canonical(self) -> list[str]:
        """Return what the digest of its record covers."""
        from_day = [self.since.isoformat()] if self.since else []
        return [self.person, plain(self.share), self.role, *from_day]


@dataclass(frozen=True, slots=True)
class Record:
    """A deal, a customer, a product…: canonical text by field, blanks left out."""

    kind: str
    code: str
    fields: Mapping[str, str]
    credits: tuple[CreditLine, ...] = ()

    def canonical(self) -> dict[str, Any]:
        """Return what the digest covers, in JSON's own types."""
        return {
            "kind": self.kind,
            "code": self.code,
            "fields": dict(self.fields),
            "credits": [line.canonical() for line in self.credits],
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal for rows that say the same."""
        return hashlib.sha256(canonical_json(self.canonical())).hexdigest()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that does not go in, with every reason; ``row`` is what stood there, by column.

    ``part`` is what the row would have been: a record's kind, or organisation.
    """

    part: str
    file: str
    line: int
    faults: tuple[Fault, ...]
    row: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file as it was read, for the log."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Known:
    """Codes known from earlier imports; customers and products with their fields."""

    people: frozenset[str] = frozenset()
    customers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    products: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything in the order of the files, so that the same files give the same extraction."""

    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    memberships: tuple[Membership, ...]
    customers: tuple[Record, ...]
    products: tuple[Record, ...]
    records: tuple[Record, ...]
    quarantined: tuple[Quarantined, ...]
    files: tuple[FileRead, ...]

    @property
    def all_records(self) -> tuple[Record, ...]:
        """Return everything that is kept as a record, in the order that it is written in."""
        return (*self.customers, *self.products, *self.records)


def canonical_json(value: Any) -> bytes:
    """Return the one spelling of ``value`` that digests are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
