"""The log as files that anyone can check without this program (``docs/verify_log.py``)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, Place, refuse
from workflows.log import signing
from workflows.log.append import head_note, keyring_of
from workflows.log.leaf import VERSION
from workflows.log.tables import LogCheckpoint, LogEntry

CHUNK = 500


def export(session: Session, folder: Path) -> int:
    """Write the log into a new ``folder`` and return the number of entries.

    ``entries.jsonl`` has a line for each entry, its leaf without the version byte;
    ``checkpoint`` is the signed head, ``checkpoints/<size>`` those given out before, and
    ``log.vkey`` the public keys. Personal values are not in it. The session must see one
    moment (``snapshot``). KaohengError where the folder exists or the log is empty.
    """
    if folder.exists():
        raise refuse(
            "log.export_exists",
            N_("There is something under this name already."),
            N_("Name a folder that does not exist yet."),
            kind=Kind.CONFLICT,
            place=Place(file=str(folder)),
        )
    head = head_note(session)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as temporary:
        part = Path(temporary) / "export"
        part.mkdir()
        size = _write_entries(session, part / "entries.jsonl")
        (part / "checkpoint").write_text(head)
        _write_checkpoints(session, part / "checkpoints")
        keys = signing.verifiers(keyring_of(session))
        (part / "log.vkey").write_text("".join(f"{key}\n" for key in keys))
        shutil.move(part, folder)
    return size


def _write_entries(session: Session, path: Path) -> int:
    size = 0
    leaves = select(LogEntry.leaf).order_by(LogEntry.seq)
    with (
        path.open("wb") as file,
        session.execute(leaves, execution_options={"yield_per": CHUNK}) as rows,
    ):
        for row in rows:
            file.write(row.leaf.removeprefix(VERSION) + b"\n")
            size += 1
    return size


def _write_checkpoints(session: Session, folder: Path) -> None:
    folder.mkdir()
    for size, note in session.execute(select(LogCheckpoint.size, LogCheckpoint.note)):
        (folder / str(size)).write_text(note)
