"""Whatever is done, in whatever order, by whomever: the service does what the plain model does."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.workflows.machine.acts.onward import YearMachine
from tests.workflows.machine.company import BEGIN, found
from tests.workflows.machine.ground import Copies, Ground, play_on
from tests.workflows.machine.machine import STAGES
from tests.workflows.machine.model.beginning import begun
from tests.workflows.machine.model.state import Year
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings

RUNS = 2_000 if os.environ.get("KAOHENG_TEST_LONG") else 50
STEPS_OF_A_RUN = 50


@pytest.fixture
def ground(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Ground]:
    url = database.url.render_as_string(hide_password=False)
    own = load_settings({"KAOHENG_HOME": str(tmp_path), "KAOHENG_DATABASE_URL": url})
    actors = found(database)
    copies = Copies(database, keyring, tmp_path)
    ground = Ground(own, actors, copies, {})
    machine = type("Beginning", (YearMachine,), {"ground": ground})

    def play(copy: Database, year: Year, *, stand_ins: bool = False) -> None:
        playing = machine()
        playing.put(copy, year)
        if stand_ins:
            playing.everybody_is_stood_in_for()
        else:
            playing.everybody_goes_on()
        playing.stands_where_the_model_does()
        copy.close()

    first = begun(BEGIN)
    play(database, first, stand_ins=True)
    ground.starts[STAGES[0]] = database, first
    play_on(ground, STAGES, play)
    yield ground
    copies.drop_all()


def test_the_service_does_what_the_model_does(ground: Ground) -> None:
    for start in STAGES:
        play_from(ground, start, RUNS // len(STAGES))


def play_from(ground: Ground, start: str, runs: int) -> Counter[str]:
    """Play so many runs from a stage of the year; return how far they came."""
    machine = type("Year", (YearMachine,), {"ground": ground, "start": start, "reached": Counter()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            # The first that is drawn is the simplest, and does next to nothing.
            max_examples=runs + 1,
            stateful_step_count=STEPS_OF_A_RUN,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return machine.reached
