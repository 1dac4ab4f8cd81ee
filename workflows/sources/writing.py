"""Writing records in batches: every row as a version that is not current until the import ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from workflows.crediting.overriding import SAID, carry_on, in_force, overridden
from workflows.crediting.tables import RecordOverride
from workflows.org.tables import Person
from workflows.sources.extraction import Quarantined, Record
from workflows.sources.tables import (
    ALWAYS,
    CreditLine,
    QuarantinedRow,
    RecordVersion,
    SourceImport,
)
from workflows.sources.tables import Record as RecordRow

Counts = dict[str, dict[str, int]]  # by kind: new, corrected, unchanged


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record already there: the digest of what its source said last (None: no import ended
    yet), and its last version.
    """

    id: int
    digest: str | None
    seq: int


def write_records(session: Session, import_id: int, records: Sequence[Record]) -> Counts:
    """Write a version of each record that is new or differs from the current one."""
    source = session.scalars(select(SourceImport.source).where(SourceImport.id == import_id)).one()
    return {
        kind: _write_kind(session, import_id, source, kind, list(rows))
        for kind, rows in groupby(records, key=lambda record: record.kind)
    }


def write_quarantined(
    session: Session, import_id: int, first: int, rows: Sequence[Quarantined]
) -> None:
    """Store rows that did not go in, a line for each reason; ``first`` numbers the first line."""
    lines = [(row, fault) for row in rows for fault in row.faults]
    values = [
        {
            "import_id": import_id,
            "seq": first + number,
            "part": row.part,
            "file": row.file,
            "line": row.line,
            "column": fault.place.path,
            "code": fault.code,
            "message": fault.message,
            "remedy": fault.remedy,
            "params": dict(fault.params),
            "row": dict(row.row),
        }
        for number, (row, fault) in enumerate(lines)
    ]
    if values:
        session.execute(insert(QuarantinedRow), values)


def make_current(session: Session, import_id: int) -> None:
    """Turn everything that the import wrote into what holds, in one statement."""
    # A join, not a subquery a row: the planner would look through the whole import for each.
    session.execute(
        update(RecordRow)
        .where(RecordRow.id == RecordVersion.record_id, RecordVersion.import_id == import_id)
        .values(current_version_id=RecordVersion.id)
        .execution_options(synchronize_session=False)
    )


def _write_kind(
    session: Session, import_id: int, source: str, kind: str, records: Sequence[Record]
) -> dict[str, int]:
    stored = _stored(session, kind, [record.code for record in records])
    absent = [record.code for record in records if record.code not in stored]
    stored |= _insert_records(session, source, kind, absent)
    changed = [record for record in records if stored[record.code].digest != record.digest]
    overrides = in_force(session, [stored[record.code].id for record in changed])
    held = [
        overridden(overrides[stored[record.code].id], record)
        if stored[record.code].id in overrides
        else record
        for record in changed
    ]
    versions = _insert_versions(session, import_id, stored, held)
    carry_on(
        session,
        [
            (overrides[key], record, versions[key])
            for record in changed
            if (key := stored[record.code].id) in overrides
        ],
    )
    new = sum(stored[record.code].digest is None for record in changed)
    return {
        "new": new,
        "corrected": len(changed) - new,
        "unchanged": len(records) - len(changed),
    }


def _stored(session: Session, kind: str, codes: Sequence[str]) -> dict[str, _Stored]:
    last = (
        select(func.coalesce(func.max(RecordVersion.seq), 0))
        .where(RecordVersion.record_id == RecordRow.id)
        .scalar_subquery()
    )
    current = (
        select(SAID)
        .select_from(RecordVersion)
        .outerjoin(RecordOverride, RecordOverride.version_id == RecordVersion.id)
        .where(RecordVersion.id == RecordRow.current_version_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(RecordRow.code, RecordRow.id, current, last).where(
            RecordRow.kind == kind, RecordRow.code.in_(codes)
        )
    )
    return {code: _Stored(key, digest, seq) for code, key, digest, seq in rows}


def _insert_records(
    session: Session, source: str, kind: str, codes: Sequence[str]
) -> dict[str, _Stored]:
    if not codes:
        return {}
    rows = session.execute(
        insert(RecordRow).returning(RecordRow.code, RecordRow.id),
        [{"kind": kind, "code": code, "source": source} for code in codes],
    )
    return {code: _Stored(key, None, 0) for code, key in rows}


def _insert_versions(
    session: Session, import_id: int, stored: Mapping[str, _Stored], records: Sequence[Record]
) -> dict[int, int]:
    """Add a version of each record; return their ids by the record's."""
    if not records:
        return {}
    rows = session.execute(
        insert(RecordVersion).returning(RecordVersion.record_id, RecordVersion.id),
        [
            {
                "record_id": stored[record.code].id,
                "seq": stored[record.code].seq + 1,
                "import_id": import_id,
                "digest": record.digest,
                "fields": dict(record.fields),
            }
            for record in records
        ],
    )
    versions = dict(rows.all())
    lines = credit_lines(session, {versions[stored[record.code].id]: record for record in records})
    if lines:
        session.execute(insert(CreditLine), lines)
    return versions


def credit_lines(session: Session, records: Mapping[int, Record]) -> list[dict[str, Any]]:
    """Return the credit lines of records, by the id of the version that they are for."""
    codes = {line.person for record in records.values() for line in record.credits}
    named = session.execute(select(Person.code, Person.id).where(Person.code.in_(codes)))
    people = dict(named.all())
    return [
        {
            "record_version_id": version_id,
            "person_id": people[line.person],
            "role": line.role,
            "share": line.share,
            "since": line.since or ALWAYS,
        }
        for version_id, record in records.items()
        for line in record.credits
    ]
