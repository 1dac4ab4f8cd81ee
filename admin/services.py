"""What every page needs from the rest of the application, in one object of the application's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import current_app

from workflows.base import clock
from workflows.base.clock import Clock
from workflows.base.database import Database
from workflows.base.settings import Settings
from workflows.jobs.service import Jobs
from workflows.timers.service import Timekeeper

EXTENSION = "kaoheng"


@dataclass(frozen=True, slots=True)
class Services:
    """Settings, database, clock, jobs and timekeeper of one application; gunicorn starts the last
    two.
    """

    settings: Settings
    database: Database
    clock: Clock
    jobs: Jobs
    timekeeper: Timekeeper

    def today(self) -> date:
        """Return the organisation's calendar day."""
        return clock.today(self.clock(), self.settings.timezone)


def services() -> Services:
    """Return the current application's services."""
    return cast(Services, current_app.extensions[EXTENSION])
