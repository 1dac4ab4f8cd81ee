"""Whatever is done, in whatever order, by whomever: the service does what the plain model does."""

from __future__ import annotations

from pathlib import Path

from tests.workflows.machine.machine import STARTS
from tests.workflows.machine.playing import LONG, play_from, prepared
from workflows.base.database import Database
from workflows.base.keys import Keyring

RUNS = 2_000 if LONG else 50


def test_the_service_does_what_the_model_does(
    database: Database, keyring: Keyring, tmp_path: Path
) -> None:
    ground = prepared(database, keyring, tmp_path)
    for number, start in enumerate(STARTS):
        play_from(ground, start, (RUNS + number) // len(STARTS))
