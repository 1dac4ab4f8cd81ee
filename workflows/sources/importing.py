"""One import from its start to its end: the steps of its job, each a transaction."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.clock import clock_of, today
from workflows.jobs.queue import enqueue
from workflows.jobs.registry import JobContext, job
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.log.merkle import Frontier, leaf_hash
from workflows.org.changes import WantedOrganisation, WantedUnit, add_people, reorganise
from workflows.sources.extract import extract
from workflows.sources.extraction import ORGANISATION, Extraction, FileRead, canonical_json
from workflows.sources.known import known
from workflows.sources.limits import Limits
from workflows.sources.model import Source
from workflows.sources.schema import read_source
from workflows.sources.tables import SourceImport
from workflows.sources.writing import (
    Counts,
    make_current,
    write_quarantined,
    write_records,
)

BATCH = 500


@dataclass(frozen=True, slots=True)
class Started:
    """An import that its job now carries on with."""

    import_id: str
    job_id: str


def start_import(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    text: str,
    file: str,
    folder: Path,
    source: Source,
    files: Sequence[FileRead],
) -> Started:
    """Note the import and queue its job; refuse with ``CONFLICT`` while another one runs."""
    allow_everywhere(actor, "import_records")
    row = SourceImport(
        public_id=uuid.uuid4().hex,
        source=source.name,
        state="running",
        files=[asdict(each) for each in files],
        counts={},
        actor_id=actor.account_id,
        started_at=now,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise refuse(
            "import.running",
            N_("Another import is running."),
            N_("Wait until it is done; if its process died, the next import finishes it first."),
            kind=Kind.CONFLICT,
        ) from error
    where = {"text": text, "file": file, "folder": str(folder.absolute())}
    job_id = enqueue(session, run_import, row.public_id, where, actor.public_id, key=row.public_id)
    return Started(row.public_id, job_id)


@job("import")
def run_import(context: JobContext, public_id: str, where: Mapping[str, str], actor: str) -> Counts:
    """Carry an import through; returns how many rows were new, corrected and unchanged, by part."""
    source = read_source(where["text"], where["file"])
    with context.database.read() as session:
        row = session.scalars(select(SourceImport).where(SourceImport.public_id == public_id)).one()
        before = known(session)
    try:
        limits = Limits(file_bytes=context.settings.max_file_bytes)
        extraction = extract(source, Path(where["folder"]), limits, before)
        _refuse_other_files(row, extraction)
    except KaohengError:
        context.transaction("abandon", abandon, public_id)
        raise
    counts = _write(context, row.id, extraction)
    return dict(
        context.transaction("finish", _finish, context, row.id, source, extraction, counts, actor)
    )


def abandon(session: Session, public_id: str) -> None:
    """Give an import up: what it wrote never becomes current."""
    session.execute(
        update(SourceImport)
        .where(SourceImport.public_id == public_id, SourceImport.state == "running")
        .values(state="abandoned")
    )


def wanted(extraction: Extraction) -> WantedOrganisation:
    """Return the organisation that was read, as the organisation's own operation takes it."""
    return WantedOrganisation(
        [WantedUnit(unit.code, unit.name, unit.kind, unit.parent) for unit in extraction.units],
        {person.code: person.name for person in extraction.people},
        [(each.person, each.unit, each.role) for each in extraction.memberships],
    )


def _write(context: JobContext, import_id: int, extraction: Extraction) -> Counts:
    """Write everything in batches; none of it holds yet."""
    context.transaction("people", add_people, wanted(extraction).people)
    records = extraction.all_records
    counts: dict[str, Counter[str]] = {}
    for first in range(0, len(records), BATCH):
        batch = records[first : first + BATCH]
        done = context.transaction(f"records {first}", write_records, import_id, batch)
        for kind, of_kind in done.items():
            counts.setdefault(kind, Counter()).update(of_kind)
    rows, line = extraction.quarantined, 0
    for first in range(0, len(rows), BATCH):
        aside = rows[first : first + BATCH]
        context.transaction(f"quarantine {first}", write_quarantined, import_id, line, aside)
        line += sum(len(row.faults) for row in aside)
    return {kind: dict(of_kind) for kind, of_kind in counts.items()}


def _finish(
    session: Session,
    context: JobContext,
    import_id: int,
    source: Source,
    extraction: Extraction,
    counts: Counts,
    actor: str,
) -> Counts:
    """Make it all hold, mark the import done and log it."""
    now = clock_of(context.settings)()
    make_current(session, import_id)
    if source.organisation:
        day = today(now, context.settings.timezone)
        counts = {ORGANISATION: reorganise(session, wanted(extraction), day), **counts}
    row = session.get_one(SourceImport, import_id)
    row.state, row.finished_at = "done", now
    row.counts = {**counts, "quarantined": len(extraction.quarantined)}
    row.rows_root = rows_root(extraction).hex()
    append(
        session,
        action="import_records",
        actor=actor,
        subject=Subject("import", row.public_id),
        at=now,
        details={
            "source": row.source,
            "files": row.files,
            "rows_root": row.rows_root,
            "counts": row.counts,
        },
    )
    return counts


def rows_root(extraction: Extraction) -> bytes:
    """Return the Merkle root (RFC 6962) of the organisation's rows and the records that went in.

    A leaf is canonical JSON; one row can be shown to belong to an import without the others.
    """
    tree = Frontier()
    for row in _leaves(extraction):
        tree = tree.append(leaf_hash(canonical_json(row)))
    return tree.root()


def _leaves(extraction: Extraction) -> list[dict[str, Any]]:
    return [
        *({"unit": asdict(unit)} for unit in extraction.units),
        *({"person": asdict(person)} for person in extraction.people),
        *({"membership": asdict(membership)} for membership in extraction.memberships),
        *(record.canonical() for record in extraction.all_records),
    ]


def _refuse_other_files(row: SourceImport, extraction: Extraction) -> None:
    if row.files != [asdict(each) for each in extraction.files]:
        raise refuse(
            "import.files_changed",
            N_("The files are not those that the import began with ({digest})."),
            N_("What it had written does not count; import again."),
            digest=hashlib.sha256(canonical_json(row.files)).hexdigest()[:12],
        )
