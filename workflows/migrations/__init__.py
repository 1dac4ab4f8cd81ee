"""Alembic's migrations, run by ``upgrade``."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from workflows.base.database import Database

_FOLDER = Path(__file__).parent


def upgrade(database: Database) -> None:
    """Bring the database to the newest schema; does nothing where it is already there."""
    if _revision(database) == head():
        return
    # Slow to load; only an upgrade pays.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    from workflows.jobs import engine  # noqa: PLC0415

    # The queue's tables are DBOS's own to migrate. First: who finds our head finds them too.
    engine.prepare(database)
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["database"] = database
    command.upgrade(config, "head")


def head() -> str:
    """Return the revision that this code expects: the newest file's, whose name begins with it."""
    newest = max(path.stem for path in (_FOLDER / "versions").glob("v[0-9]*_*.py"))
    return newest.removeprefix("v").partition("_")[0]


def _revision(database: Database) -> str | None:
    with database.write_engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found
