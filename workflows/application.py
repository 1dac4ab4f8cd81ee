"""The application without a surface: settings, clock and a database that is up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.base import clock
from workflows.base.clock import Clock, clock_of
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import Settings
from workflows.migrations import upgrade


@dataclass(frozen=True, slots=True)
class Application:
    """What the web service and the command line are both made of."""

    settings: Settings
    database: Database
    clock: Clock

    def today(self) -> date:
        """Return the organisation's calendar day."""
        return clock.today(self.clock(), self.settings.timezone)

    def close(self) -> None:
        self.database.close()


def open_application(settings: Settings) -> Application:
    """Open the database, creating or migrating it where needed; make it after a fork."""
    keyring = Keyring(settings.keys_folder, settings.log_origin)
    database = Database(settings.database_url, keyring, settings.timezone)
    upgrade(database)
    return Application(settings, database, clock_of(settings))
