"""One import from its start to its end: the steps of its job, each a transaction."""

from __future__ import annotations

import hashlib
import shutil
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

from engine.errors import N_, Fault, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.clock import clock_of, today
from workflows.claims.matching import match_claims
from workflows.jobs.queue import enqueue
from workflows.jobs.registry import JobContext, job
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.log.merkle import Frontier, leaf_hash
from workflows.org.changes import add_people, reorganise
from workflows.sources.comparing import is_there_already, wanted
from workflows.sources.extract import extract
from workflows.sources.extraction import (
    ORGANISATION,
    Extraction,
    FileRead,
    Quarantined,
    Record,
    canonical_json,
)
from workflows.sources.known import known
from workflows.sources.limits import Limits
from workflows.sources.model import Source
from workflows.sources.report import kept, parts_of
from workflows.sources.schema import read_source
from workflows.sources.tables import SourceImport
from workflows.sources.writing import (
    Counts,
    make_current,
    write_quarantined,
    write_records,
)
from workflows.tracking.watching import watch_after_import

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
    upload: str | None = None,
) -> Started:
    """Note the import and queue its job; refuse with ``CONFLICT`` while another one runs.

    ``upload`` names files that were uploaded: the import takes their name and, once it has
    ended, removes their folder; where they hold nothing new it ends as ``unchanged``.
    """
    allow_everywhere(actor, "import_records")
    row = SourceImport(
        public_id=upload or uuid.uuid4().hex,
        source=source.name,
        source_text=text,
        state="running",
        files=[asdict(each) for each in files],
        counts={},
        actor_id=actor.account_id,
        started_at=now,
    )
    claim(session, row)
    where = {
        "text": text,
        "file": file,
        "folder": str(folder.absolute()),
        **({"uploaded": "yes"} if upload else {}),
    }
    job_id = enqueue(session, run_import, row.public_id, where, actor.public_id, key=row.public_id)
    return Started(row.public_id, job_id)


def claim(session: Session, row: SourceImport) -> None:
    """Add a running import; refuse with ``CONFLICT`` while another one runs."""
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


@job("import")
def run_import(context: JobContext, public_id: str, where: Mapping[str, str], actor: str) -> Counts:
    """Carry an import through; returns how many rows were new, corrected and unchanged, by part."""
    try:
        counts = _carry_through(context, public_id, where, actor)
    except KaohengError:
        _remove_upload(where)
        raise
    _remove_upload(where)
    return counts


def abandon(session: Session, public_id: str, faults: Sequence[Fault]) -> None:
    """Give an import up, for the reasons given: what it wrote never becomes current."""
    session.execute(
        update(SourceImport)
        .where(SourceImport.public_id == public_id, SourceImport.state == "running")
        .values(state="abandoned", faults=[kept(fault) for fault in faults])
    )


def _carry_through(
    context: JobContext, public_id: str, where: Mapping[str, str], actor: str
) -> Counts:
    source = read_source(where["text"], where["file"])
    with context.database.read() as session:
        row = session.scalars(select(SourceImport).where(SourceImport.public_id == public_id)).one()
        before = known(session)
    if row.state == "done":
        # Killed after its last transaction; its files may be gone by now.
        return {part: counts for part, counts in row.counts.items() if part != "quarantined"}
    try:
        limits = Limits(file_bytes=context.settings.max_file_bytes)
        extraction = extract(source, Path(where["folder"]), limits, before)
        _refuse_other_files(row, extraction)
    except KaohengError as error:
        context.transaction("abandon", abandon, public_id, error.faults)
        raise
    if "uploaded" in where and _nothing_new(context, row, source, extraction):
        return {}
    counts = _write(context, row.id, extraction)
    return dict(
        context.transaction("finish", _finish, context, row.id, source, extraction, counts, actor)
    )


def _nothing_new(
    context: JobContext, row: SourceImport, source: Source, extraction: Extraction
) -> bool:
    """End an upload that brings nothing new, and say whether it did not."""
    with context.database.read() as session:
        there = row.state == "unchanged" or is_there_already(session, source, extraction)
    if there:
        context.transaction("unchanged", _end_unchanged, context, row.id, source, extraction)
    return there


def _end_unchanged(
    session: Session, context: JobContext, import_id: int, source: Source, extraction: Extraction
) -> None:
    row = session.get_one(SourceImport, import_id)
    row.state, row.finished_at = "unchanged", clock_of(context.settings)()
    row.parts = [asdict(part) for part in parts_of(source, extraction, {}, changed=False)]


def _remove_upload(where: Mapping[str, str]) -> None:
    if "uploaded" in where:
        shutil.rmtree(where["folder"], ignore_errors=True)


def _write(context: JobContext, import_id: int, extraction: Extraction) -> Counts:
    """Write everything in batches; none of it holds yet."""
    records, aside = extraction.all_records, extraction.quarantined
    total = len(records) + len(aside)
    context.transaction("people", _begin, import_id, total, wanted(extraction).people)
    counts: dict[str, Counter[str]] = {}
    for first in range(0, len(records), BATCH):
        batch = records[first : first + BATCH]
        done = context.transaction(f"records {first}", _write_records, import_id, batch)
        for kind, of_kind in done.items():
            counts.setdefault(kind, Counter()).update(of_kind)
    line = 0
    for first in range(0, len(aside), BATCH):
        rows = aside[first : first + BATCH]
        context.transaction(f"quarantine {first}", _write_aside, import_id, line, rows)
        line += sum(len(row.faults) for row in rows)
    return {kind: dict(of_kind) for kind, of_kind in counts.items()}


def _begin(session: Session, import_id: int, total: int, people: Mapping[str, str]) -> None:
    add_people(session, people)
    row = session.get_one(SourceImport, import_id)
    row.rows_total, row.rows_done = total, 0


def _write_records(session: Session, import_id: int, batch: Sequence[Record]) -> Counts:
    _count(session, import_id, len(batch))
    return write_records(session, import_id, batch)


def _write_aside(session: Session, import_id: int, line: int, rows: Sequence[Quarantined]) -> None:
    _count(session, import_id, len(rows))
    write_quarantined(session, import_id, line, rows)


def _count(session: Session, import_id: int, rows: int) -> None:
    session.execute(
        update(SourceImport)
        .where(SourceImport.id == import_id)
        .values(rows_done=SourceImport.rows_done + rows)
    )


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
    row.parts = [asdict(part) for part in parts_of(source, extraction, counts, changed=True)]
    row.rows_root = rows_root(extraction).hex()
    watch_after_import(session, now, context.settings.timezone, row.public_id)
    matched = match_claims(session, now, import_id)
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
            **({"claims": matched} if matched else {}),
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
