"""A year that is being planned, on each database."""

from __future__ import annotations

import pytest

from tests.played import Played
from tests.workflows.goals.world import Year


@pytest.fixture
def year(game: Played) -> Year:
    return Year(game)
