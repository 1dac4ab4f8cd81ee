"""A company whose cycle is being played, on each database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.confirmed import Confirmed, confirmed
from tests.played import Played, played
from workflows.base.database import Database
from workflows.base.settings import Settings, load_settings


@pytest.fixture
def settings(database_url: URL, tmp_path: Path) -> Settings:
    return load_settings(
        {
            "KAOHENG_HOME": str(tmp_path),
            "KAOHENG_DATABASE_URL": database_url.render_as_string(hide_password=False),
        }
    )


@pytest.fixture
def game(database: Database, settings: Settings) -> Played:
    return played(database, settings)


@pytest.fixture
def world(database: Database) -> Confirmed:
    return confirmed(database)
