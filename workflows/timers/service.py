"""A thread of the service that looks every few seconds whether something is due.

Each process has one. Several may find the same timer; it is taken by whoever changes it first.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from workflows.base.clock import Clock
from workflows.base.database import Database
from workflows.timers.operations import fire_due

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Timekeeper:
    """Does what is due by the application's clock; made after a fork, never before."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, seconds: float = LOOK_SECONDS) -> None:
        """Look now, and every ``seconds`` until ``stop``."""
        if self._thread is not None:
            return
        self._stopped.clear()
        self._thread = threading.Thread(
            target=self._watch, args=(seconds,), name="timekeeper", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and look no more."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def look(self) -> None:
        """Do what is due; a database that is away may be back at the next look."""
        try:
            fire_due(self._database, self._clock())
        except SQLAlchemyError as error:
            log.warning("timers.look_failed: %s", type(error).__name__)

    def _watch(self, seconds: float) -> None:
        self.look()
        while not self._stopped.wait(seconds):
            self.look()
