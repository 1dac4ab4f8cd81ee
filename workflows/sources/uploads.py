"""Files that a browser sends: kept in a private folder until their import has ended.

The folder is named by us and the files as the source declares them; a name that the client
sends only says which of the declared files this is, and is never part of a path.
"""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select

from engine.errors import N_, Fault, KaohengError, Place
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.base.database import Database
from workflows.base.settings import Settings
from workflows.jobs.queue import JobState, status, wait
from workflows.sources.extract import files_of
from workflows.sources.importing import Started, abandon, run_import, start_import
from workflows.sources.limits import Limits
from workflows.sources.model import Source, SourceFile
from workflows.sources.schema import read_source
from workflows.sources.shipped import shipped_source
from workflows.sources.tables import SourceImport
from workflows.sources.tabular import Table, read_table

TOO_LARGE = "source.file_too_large"
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """One file as it was sent: what the client calls it, and its content."""

    name: str
    content: BinaryIO

    @property
    def base_name(self) -> str:
        """The last part of the client's name, whichever way its system writes paths."""
        return re.split(r"[/\\]", self.name)[-1].strip()


def import_upload(
    database: Database,
    settings: Settings,
    actor: Actor,
    now: datetime,
    *,
    source_name: str,
    sent: Sequence[Sent],
) -> Started:
    """Keep the files of a shipped source and start their import; it goes on by itself.

    Raises ``KaohengError``: ``DENIED``, ``MISSING`` for an unknown source, ``CONFLICT`` while
    another import runs, or all faults of the files at once. Nothing is kept then.
    """
    allow_everywhere(actor, "import_records")
    text, file = shipped_source(source_name)
    source = read_source(text, file)
    name = uuid.uuid4().hex
    folder = uploads_folder(settings) / name
    with ExitStack() as undo:
        # Whatever stops it: what nobody imports is not left lying about.
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        tables = _received(source, sent, folder, Limits(file_bytes=settings.max_file_bytes))
        give_up_dead_import(database)
        with database.write() as session:
            started = start_import(
                session, actor, now, text=text, file=file, folder=folder,
                source=source, files=files_of(tables), upload=name,
            )  # fmt: skip
        undo.pop_all()
    return started


def uploads_folder(settings: Settings) -> Path:
    return settings.home / "uploads"


def give_up_dead_import(database: Database) -> None:
    """Abandon the running import if its job has ended badly, so that another one may begin."""
    with database.read() as session:
        left = session.scalar(select(SourceImport.public_id).where(SourceImport.state == "running"))
    if left is None or not job_is_dead(database, left):
        return
    try:
        wait(database, job_of(left))
    except KaohengError as error:
        with database.write() as session:
            abandon(session, left, error.faults)


def job_is_dead(database: Database, public_id: str) -> bool:
    """Say whether the job of a running import has failed or was given up."""
    return status(database, job_of(public_id)) in (JobState.FAILED, JobState.GIVEN_UP)


def job_of(public_id: str) -> str:
    """Return the id of the job that carries an import through."""
    return f"{run_import.name}:{public_id}"


def remove_orphans(database: Database, settings: Settings) -> None:
    """Remove the files of uploads that no running import reads; before anybody is served."""
    folder = uploads_folder(settings)
    if not folder.is_dir():
        return
    with database.read() as session:
        running = set(
            session.scalars(select(SourceImport.public_id).where(SourceImport.state == "running"))
        )
    for each in folder.iterdir():
        if each.name not in running:
            shutil.rmtree(each, ignore_errors=True)


def _received(
    source: Source, sent: Sequence[Sent], folder: Path, limits: Limits
) -> dict[str, Table]:
    """Keep what was sent and read it; raise KaohengError with all that is wrong with it."""
    by_name = {each.name.casefold(): each for each in source.files.values()}
    faults = list(_name_faults(source, sent, by_name))
    folder.mkdir(parents=True, mode=0o700)
    tables: dict[str, Table] = {}
    for each in sent:
        file = by_name.get(each.base_name.casefold())
        if file is None or file.id in tables:
            continue
        try:
            _keep(file, each.content, folder, limits)
            tables[file.id] = read_table(file, folder, source.columns(file.id), limits)
        except KaohengError as error:
            faults += error.faults
    if faults:
        raise KaohengError(faults)
    return {key: tables[key] for key in source.files}


def _name_faults(
    source: Source, sent: Sequence[Sent], by_name: Mapping[str, SourceFile]
) -> Iterator[Fault]:
    names = [each.base_name for each in sent]
    known = ", ".join(file.name for file in source.files.values())
    for name in names:
        if name.casefold() not in by_name:
            yield Fault(
                "upload.unknown_file",
                N_("This source has no file of that name."),
                N_("It has: {known}. Rename the file, or leave it out."),
                {"known": known},
                Place(name),
            )
    there = [name.casefold() for name in names]
    for folded, file in by_name.items():
        if folded not in there:
            yield Fault(
                "upload.file_missing",
                N_("The file is missing."),
                N_("Choose it together with the others."),
                place=Place(file.name),
            )
        elif there.count(folded) > 1:
            yield Fault(
                "upload.file_twice",
                N_("The file was sent twice."),
                N_("Choose it once."),
                place=Place(file.name),
            )


def _keep(file: SourceFile, content: BinaryIO, folder: Path, limits: Limits) -> None:
    """Write the content under the declared name, for its owner only, unless it is too large."""
    size = content.seek(0, os.SEEK_END)
    if size > limits.file_bytes:
        fault = Fault(
            TOO_LARGE,
            N_("The file has {size} bytes; at most {limit} are read."),
            N_("Split it by period, or raise the limit in the settings."),
            {"size": size, "limit": limits.file_bytes},
            Place(file.name),
        )
        raise KaohengError([fault])
    content.seek(0)
    handle = os.open(folder / file.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as kept:
        shutil.copyfileobj(content, kept, _CHUNK)
