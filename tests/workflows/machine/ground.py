"""Where runs begin: the year played once up to each stage, and copied for every run."""

from __future__ import annotations

import shutil
import uuid
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tests.workflows.machine.model.state import Year
from workflows.access.actors import Actor
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import Settings


@dataclass
class Copies:
    """Copies of databases on the server, or in the folder, of the first one."""

    origin: Database
    keyring: Keyring
    folder: Path
    made: list[Database] = field(default_factory=list)

    def make(self, of: Database) -> Database:
        """Copy a database that nobody has open."""
        name = f"machine_{uuid.uuid4().hex}"
        if of.is_sqlite:
            path = self.folder / f"{name}.db"
            shutil.copy(str(of.url.database), path)
            copy = Database(of.url.set(database=str(path)), self.keyring)
        else:
            self._on_server(f"CREATE DATABASE {name} TEMPLATE {of.url.database} STRATEGY FILE_COPY")
            copy = Database(of.url.set(database=name), self.keyring)
        self.made.append(copy)
        return copy

    def drop(self, copy: Database) -> None:
        copy.close()
        self.made.remove(copy)
        if copy.is_sqlite:
            for path in self.folder.glob(f"{Path(str(copy.url.database)).name}*"):
                path.unlink()
        else:
            self._on_server(f"DROP DATABASE {copy.url.database} WITH (FORCE)")

    def drop_all(self) -> None:
        for copy in list(self.made):
            with suppress(sa.exc.OperationalError):
                self.drop(copy)

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
