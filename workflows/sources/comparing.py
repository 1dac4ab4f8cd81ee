"""What files hold against what is there: an import of nothing new is recognised."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.org.changes import WantedOrganisation, WantedUnit, differs
from workflows.sources.extraction import Extraction
from workflows.sources.known import current_digests
from workflows.sources.model import Source
from workflows.sources.tables import QuarantinedRow, QuarantineMend, SourceImport


def wanted(extraction: Extraction) -> WantedOrganisation:
    """Return the organisation that was read, as the organisation's own operation takes it."""
    return WantedOrganisation(
        [WantedUnit(unit.code, unit.name, unit.kind, unit.parent) for unit in extraction.units],
        {person.code: person.name for person in extraction.people},
        [(each.person, each.unit, each.role) for each in extraction.memberships],
        {person.code: (person.post, person.rank) for person in extraction.people},
    )


def is_there_already(session: Session, source: Source, extraction: Extraction) -> bool:
    """Say whether importing would change nothing: no record, nobody, no quarantined row."""
    digests: dict[str, dict[str, str]] = {}
    for record in extraction.all_records:
        if record.kind not in digests:
            digests[record.kind] = current_digests(session, record.kind)
        if digests[record.kind].get(record.code) != record.digest:
            return False
    if source.organisation and differs(session, wanted(extraction)):
        return False
    return _last_quarantine(session, source.name) == [
        (row.file, row.line, fault.place.path, fault.code, dict(row.row))
        for row in extraction.quarantined
        for fault in row.faults
    ]


def _last_quarantine(session: Session, source: str) -> list[tuple[Any, ...]] | None:
    """Return what the source's last import set aside, or None where there was none."""
    mends = select(QuarantineMend.brought_id).where(QuarantineMend.brought_id.is_not(None))
    last = session.scalar(
        select(SourceImport.id)
        .where(SourceImport.source == source, SourceImport.state == "done")
        .where(SourceImport.id.not_in(mends))
        .order_by(SourceImport.id.desc())
        .limit(1)
    )
    if last is None:
        return None
    rows = session.scalars(
        select(QuarantinedRow).where(QuarantinedRow.import_id == last).order_by(QuarantinedRow.seq)
    )
    return [(row.file, row.line, row.column, row.code, row.row) for row in rows]
