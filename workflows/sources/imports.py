"""Importing a folder: files → records, all of it or nothing, whatever is killed meanwhile.

What is wrong with the files is said before anything is written. Then a job writes the
rows in batches, each one transaction that happens once; they hold from the last
transaction on, which also logs the import. A job that is resumed reads the files again,
and gives up if they are not the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.application import Application
from workflows.base.settings import Settings
from workflows.jobs.service import Jobs
from workflows.org.changes import differs
from workflows.sources.extract import extract
from workflows.sources.extraction import Extraction, Quarantined
from workflows.sources.importing import abandon, run_import, start_import, wanted
from workflows.sources.known import current_digests, known
from workflows.sources.limits import Limits
from workflows.sources.model import Source
from workflows.sources.schema import read_source
from workflows.sources.tables import QuarantinedRow, SourceImport


@dataclass(frozen=True, slots=True)
class Part:
    """How the rows of one part of a source fared: the organisation, or one kind of record."""

    name: str
    file: str
    read: int
    new: int
    corrected: int
    unchanged: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; without ``import_id`` everything was there already, and nothing was."""

    import_id: str | None
    parts: tuple[Part, ...]
    quarantined: tuple[Quarantined, ...]


def import_folder(
    app: Application, actor: Actor, *, text: str, file: str, folder: Path
) -> ImportReport:
    """Import what the source file ``text`` describes from ``folder``, and wait until it is done.

    Raises KaohengError for whoever may not, for faults of the source file and of the files,
    all of them at once; nothing is written then. The same files again write nothing.
    """
    allow_everywhere(actor, "import_records")
    source = read_source(text, file)
    extract(source, folder, limits_of(app.settings))
    jobs = Jobs(app.settings, app.database)
    with jobs.working():
        finish_running(app, jobs)
        with app.database.read() as session:
            extraction = extract(source, folder, limits_of(app.settings), known(session))
            if is_there_already(session, source, extraction):
                return _report(source, extraction, None, {})
        with app.database.write() as session:
            started = start_import(
                session, actor, app.clock(), text=text, file=file, folder=folder,
                source=source, files=extraction.files,
            )  # fmt: skip
        counts = jobs.finish(started.job_id)
    return _report(source, extraction, started.import_id, counts)


def finish_running(app: Application, jobs: Jobs) -> None:
    """Finish the import that a dead process left, if any; one that cannot be is abandoned."""
    with app.database.read() as session:
        left = session.scalar(select(SourceImport.public_id).where(SourceImport.state == "running"))
    if left is None:
        return
    try:
        jobs.finish(f"{run_import.name}:{left}")
    except KaohengError:
        with app.database.write() as session:
            abandon(session, left)


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


def limits_of(settings: Settings) -> Limits:
    """Return the limits on files that the settings name."""
    return Limits(file_bytes=settings.max_file_bytes)


def _last_quarantine(session: Session, source: str) -> list[tuple[Any, ...]] | None:
    """Return what the source's last import set aside, or None where there was none."""
    last = session.scalar(
        select(SourceImport.id)
        .where(SourceImport.source == source, SourceImport.state == "done")
        .order_by(SourceImport.id.desc())
        .limit(1)
    )
    if last is None:
        return None
    rows = session.scalars(
        select(QuarantinedRow).where(QuarantinedRow.import_id == last).order_by(QuarantinedRow.seq)
    )
    return [(row.file, row.line, row.column, row.code, row.row) for row in rows]


def _report(
    source: Source,
    extraction: Extraction,
    import_id: str | None,
    counts: dict[str, dict[str, int]],
) -> ImportReport:
    rows = {file.name: file.rows for file in extraction.files}
    parts = []
    for name, file in source.parts():
        aside = sum(row.part == name for row in extraction.quarantined)
        read = rows[source.files[file].name]
        fared = {"new": 0, "corrected": 0, "unchanged": 0 if import_id else read - aside}
        fared |= counts.get(name, {})
        parts.append(Part(name, source.files[file].name, read, quarantined=aside, **fared))
    return ImportReport(import_id, tuple(parts), extraction.quarantined)
