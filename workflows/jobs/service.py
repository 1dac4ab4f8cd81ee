"""Running jobs in this process: a server while it serves, a command while it waits."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from workflows.base.database import Database
from workflows.base.settings import Settings
from workflows.jobs import queue, slots
from workflows.jobs.registry import Job, declared
from workflows.jobs.takeover import TakeOver

if TYPE_CHECKING:
    from workflows.jobs.engine import Worker

TAKE_OVER_SECONDS = 15.0


class Jobs:
    """This process as a worker; made after a fork, never before, and one at a time."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        take_over_seconds: float = TAKE_OVER_SECONDS,
    ) -> None:
        self._settings = settings
        self._database = database
        self._take_over_seconds = take_over_seconds
        self._locks: slots.Locks | None = None
        self._worker: Worker | None = None
        self._take_over: TakeOver | None = None

    @property
    def running(self) -> bool:
        return self._worker is not None

    def start(self) -> None:
        """Take a slot, take over what dead processes left, and work until ``stop``."""
        from workflows.jobs import engine  # noqa: PLC0415 (see the package)

        if self._worker is not None:
            return
        importlib.import_module("workflows.joblist")
        with ExitStack() as undo:
            undo.callback(self.stop)
            engine.prepare(self._database)
            self._locks = slots.locks_of(self._database)
            slot = slots.lowest_free(self._locks)
            self._worker = engine.Worker(self._settings, self._database, declared().values())
            self._worker.launch(slots.slot_name(slot))
            self._take_over = TakeOver(self._database, self._locks, self._worker, slot)
            self._take_over.start(self._take_over_seconds)
            undo.pop_all()

    def stop(self) -> None:
        """Finish the steps under way; what is left is resumed by another process, or the next."""
        if self._take_over is not None:
            self._take_over.stop()
            self._take_over = None
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        if self._locks is not None:
            # Last: while the slot is ours nobody takes our jobs for a dead process's.
            self._locks.close()
            self._locks = None

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work in this process meanwhile, unless it does already."""
        if self.running:
            yield
            return
        self.start()
        try:
            yield
        finally:
            self.stop()

    def finish(self, job_id: str, timeout: float | None = None) -> Any:
        """Return an enqueued job's result, working on it here if need be; see ``queue.wait``."""
        with self.working():
            return queue.wait(self._database, job_id, timeout)

    def run(self, job: Job, *args: Any, key: str, timeout: float | None = None) -> Any:
        """Enqueue ``job`` in a transaction of its own and ``finish`` it."""
        with self._database.write() as session:
            job_id = queue.enqueue(session, job, *args, key=key)
        return self.finish(job_id, timeout)
