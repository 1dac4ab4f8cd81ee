"""Alembic's migrations, run by ``upgrade``."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from workflows.base.database import Database


def upgrade(database: Database) -> None:
    """Bring the database to the newest schema; does nothing where it is already there."""
    config = _config()
    with database.write_engine.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head():
            return
    from workflows.jobs import engine  # noqa: PLC0415 (slow to load; only an upgrade pays)

    # The queue's tables are DBOS's own to migrate. First: who finds our head finds them too.
    engine.prepare(database)
    config.attributes["database"] = database
    command.upgrade(config, "head")


def head() -> str:
    """Return the revision that this code expects."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
