"""Importing a folder: files → records, all of it or nothing, whatever is killed meanwhile.

What is wrong with the files is said before anything is written. Then a job writes the
rows in batches, each one transaction that happens once; they hold from the last
transaction on, which also logs the import. A job that is resumed reads the files again,
and gives up if they are not the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from engine.errors import KaohengError
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.application import Application
from workflows.base.settings import Settings
from workflows.jobs.service import Jobs
from workflows.sources.comparing import is_there_already
from workflows.sources.extract import extract
from workflows.sources.extraction import Extraction, Quarantined
from workflows.sources.importing import abandon, run_import, start_import
from workflows.sources.known import known
from workflows.sources.limits import Limits
from workflows.sources.model import Source
from workflows.sources.report import Part, parts_of
from workflows.sources.schema import read_source
from workflows.sources.tables import SourceImport


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
    except KaohengError as error:
        with app.database.write() as session:
            abandon(session, left, error.faults)


def limits_of(settings: Settings) -> Limits:
    """Return the limits on files that the settings name."""
    return Limits(file_bytes=settings.max_file_bytes)


def _report(
    source: Source,
    extraction: Extraction,
    import_id: str | None,
    counts: dict[str, dict[str, int]],
) -> ImportReport:
    parts = parts_of(source, extraction, counts, changed=import_id is not None)
    return ImportReport(import_id, parts, extraction.quarantined)
