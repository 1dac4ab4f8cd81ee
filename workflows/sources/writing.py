"""Writing records in batches: every row as a version that is not current until the import ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from workflows.org.tables import Person
from workflows.sources.extraction import Quarantined, Record
from workflows.sources.tables import CreditLine, QuarantinedRow, RecordVersion, SourceImport
from workflows.sources.tables import Record as RecordRow

Counts = dict[str, dict[str, int]]  # by kind: new, corrected, unchanged


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record already there: its current digest (None: no import ended yet), its last version."""

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
    _insert_versions(session, import_id, stored, changed)
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
        select(RecordVersion.digest)
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
) -> None:
    if not records:
        return
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
    lines = _credit_lines(session, {versions[stored[record.code].id]: record for record in records})
    if lines:
        session.execute(insert(CreditLine), lines)


def _credit_lines(session: Session, records: Mapping[int, Record]) -> list[dict[str, Any]]:
    codes = {line.person for record in records.values() for line in record.credits}
    named = session.execute(select(Person.code, Person.id).where(Person.code.in_(codes)))
    people = dict(named.all())
    return [
        {
            "record_version_id": version_id,
            "person_id": people[line.person],
            "role": line.role,
            "share": line.share,
        }
        for version_id, record in records.items()
        for line in record.credits
    ]
