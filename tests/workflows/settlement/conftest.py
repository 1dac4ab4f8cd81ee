"""The cycle that is settled, on each database."""

from __future__ import annotations

import pytest

from tests.played import Played
from tests.workflows.settlement.settling import Settling, settling


@pytest.fixture
def world(game: Played) -> Settling:
    return settling(game)
