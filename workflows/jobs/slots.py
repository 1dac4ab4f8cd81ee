"""Who a worker process is: the lowest free slot, held by a lock that dies with the process.

The name of the slot is written on every job that the process takes. A job whose slot nobody
holds was left by a process that is gone.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.base.database import Database

SLOTS = 256
PREFIX = "worker-"
ADVISORY_CLASS = 0x6B616F68  # "kaoh": keeps our advisory locks apart from anybody else's


class Locks(Protocol):
    """Locks on slots that the operating system or the database drops when their holder dies."""

    def take(self, slot: int) -> bool:
        """Hold ``slot`` and return True, or return False at once where another holds it."""

    def drop(self, slot: int) -> None: ...

    def close(self) -> None: ...


def locks_of(database: Database) -> Locks:
    """Return the locks of the processes that share ``database``."""
    if database.is_sqlite:
        # Beside the file: two homes that share one database must see each other.
        return FileLocks(Path(str(database.url.database)).absolute().parent / "executors")
    return AdvisoryLocks(database)


def lowest_free(locks: Locks) -> int:
    """Take and return the lowest slot that no live process holds."""
    for slot in range(SLOTS):
        if locks.take(slot):
            return slot
    raise RuntimeError(f"all {SLOTS} worker slots are held")


def slot_name(slot: int) -> str:
    return f"{PREFIX}{slot}"


def slot_number(name: str) -> int:
    return int(name.removeprefix(PREFIX))


class FileLocks:
    """``flock`` on one file a slot; for SQLite, whose processes share a file system."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._held: dict[int, int] = {}

    def take(self, slot: int) -> bool:
        path = self._folder / f"{slot_name(slot)}.lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._held[slot] = handle
        return True

    def drop(self, slot: int) -> None:
        # The file stays: removing it would let two processes hold two files of one name.
        os.close(self._held.pop(slot))

    def close(self) -> None:
        for slot in list(self._held):
            self.drop(slot)


class AdvisoryLocks:
    """Session advisory locks on a connection of their own; for PostgreSQL, across machines."""

    def __init__(self, database: Database) -> None:
        self._engine = sa.create_engine(
            database.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        self._connection: Connection = self._engine.connect()

    def take(self, slot: int) -> bool:
        return bool(self._ask("SELECT pg_try_advisory_lock(:class, :slot)", slot))

    def drop(self, slot: int) -> None:
        self._ask("SELECT pg_advisory_unlock(:class, :slot)", slot)

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def _ask(self, statement: str, slot: int) -> object:
        parameters = {"class": ADVISORY_CLASS, "slot": slot}
        return self._connection.execute(sa.text(statement), parameters).scalar()
