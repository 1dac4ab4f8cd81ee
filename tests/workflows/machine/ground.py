"""Where runs begin: the year played once up to each stage, and copied for every run."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tests.forgetting import forget
from tests.workflows.machine.model.state import Year
from workflows.access.actors import Actor
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import Settings


@dataclass
class Copies:
    """Copies of databases on the server, or in the folder, of the first one.

    A copy that is done with gives its name to the next, so that the statements which its engine
    has compiled are kept from run to run.
    """

    origin: Database
    keyring: Keyring
    folder: Path
    spare: list[Database] = field(default_factory=list)
    made: int = 0

    def make(self, of: Database) -> Database:
        """Copy a database that nobody has open."""
        copy = self.spare.pop() if self.spare else self._named()
        if of.is_sqlite:
            for ending in ("-wal", "-shm"):
                Path(f"{copy.url.database}{ending}").unlink(missing_ok=True)
            shutil.copy(str(of.url.database), str(copy.url.database))
        else:
            self._on_server(f"DROP DATABASE IF EXISTS {copy.url.database} WITH (FORCE)")
            self._on_server(
                f"CREATE DATABASE {copy.url.database} TEMPLATE {of.url.database} STRATEGY FILE_COPY"
            )
        return copy

    def give_back(self, copy: Database) -> None:
        forget(copy)
        self.spare.append(copy)

    def _named(self) -> Database:
        self.made += 1
        name = f"machine_{self.made}"
        path = str(self.folder / f"{name}.db")
        database = path if self.origin.is_sqlite else name
        return Database(self.origin.url.set(database=database), self.keyring)

    def _on_server(self, statement: str) -> None:
        url = self.origin.url.set(database="postgres")
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@dataclass
class Ground:
    """A company whose year can begin at each stage: by stage, its database and its model."""

    settings: Settings
    actors: dict[str, Actor]
    copies: Copies
    starts: dict[str, tuple[Database, Year]]

    def at(self, stage: str) -> tuple[Database, Year]:
        """Return a copy of the year as it begins at a stage."""
        database, year = self.starts[stage]
        return self.copies.make(database), deepcopy(year)
