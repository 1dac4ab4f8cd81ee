"""Taking over the jobs of processes that died: once at the start, and from time to time after."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from workflows.base.database import Database
from workflows.jobs import slots

if TYPE_CHECKING:
    from workflows.jobs.engine import Worker

log = logging.getLogger(__name__)


class TakeOver:
    """Watches for running jobs whose slot nobody holds and gives them back to the queue."""

    def __init__(self, database: Database, locks: slots.Locks, worker: Worker, own: int) -> None:
        self._database = database
        self._locks = locks
        self._worker = worker
        self._own = own
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float) -> None:
        """Look now, and every ``seconds`` until ``stop``."""
        self.look()
        self._thread = threading.Thread(
            target=self._watch, args=(seconds,), name="jobs-takeover", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def look(self) -> None:
        """Requeue the jobs of dead slots, holding each meanwhile so that nobody starts in it."""
        from workflows.jobs import engine  # noqa: PLC0415 (see the package)

        jobs = engine.unfinished(self._database.read_engine, patient=False)
        names = {job.executor_id for job in jobs if job.status == engine.RUNNING}
        others = {slots.slot_number(name) for name in names if name} - {self._own}
        dead = [slot for slot in sorted(others) if self._locks.take(slot)]
        try:
            self._worker.recover([slots.slot_name(slot) for slot in dead])
        finally:
            for slot in dead:
                self._locks.drop(slot)

    def _watch(self, seconds: float) -> None:
        while not self._stopped.wait(seconds):
            try:
                self.look()
            except SQLAlchemyError as error:
                # The database may be back at the next look; until then nobody can work.
                log.warning("jobs.takeover_failed: %s", type(error).__name__)
