"""Playing the machine: the company up to each stage once, and runs that begin there."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.workflows.machine.acts.onward import YearMachine
from tests.workflows.machine.company import BEGIN, found
from tests.workflows.machine.ground import Copies, Ground
from tests.workflows.machine.machine import LATE, SEALED, STAGES, UNRATED
from tests.workflows.machine.model.beginning import begun
from tests.workflows.machine.model.state import Year
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings

STEPS_OF_A_RUN = 50
# Each long run plays other years; the others play the same, so that a change shows itself.
LONG = bool(os.environ.get("KAOHENG_TEST_LONG"))
Deed = Callable[[YearMachine], None]


def prepared(database: Database, keyring: Keyring, folder: Path) -> Ground:
    """Play the year from its beginning up to each stage, in a database of its own each."""
    url = database.url.render_as_string(hide_password=False)
    own = load_settings({"KAOHENG_HOME": str(folder), "KAOHENG_DATABASE_URL": url})
    ground = Ground(own, found(database), Copies(database, keyring, folder), {})
    machine = type("Beginning", (YearMachine,), {"ground": ground})

    def play(copy: Database, year: Year, *deeds: Deed) -> None:
        playing = machine()
        playing.put(copy, year)
        for deed in deeds:
            deed(playing)
        playing.stands_where_the_model_does()
        copy.close()

    first = begun(BEGIN)
    play(database, first, YearMachine.everybody_is_stood_in_for)
    ground.starts[STAGES[0]] = database, first
    for before, after in pairwise(STAGES):
        ground.starts[after] = ground.at(before)
        play(*ground.starts[after], YearMachine.others_go_on)
        assert {each.stage for each in ground.starts[after][1].reviews.values()} == {after}
    ground.starts[LATE] = ground.at("result_approval")
    play(*ground.starts[LATE], _one_is_held, YearMachine.others_go_on)
    ground.starts[UNRATED] = ground.at("assessing")
    play(*ground.starts[UNRATED], _one_is_held, *[YearMachine.others_go_on] * 3)
    ground.starts[SEALED] = ground.at("closed")
    play(*ground.starts[SEALED], lambda playing: playing.time_passes(6))
    return ground


def _one_is_held(playing: YearMachine) -> None:
    playing.hold("hr", "S12", True)


def play_from(ground: Ground, start: str, runs: int, *, only_tell: bool = False) -> Counter[str]:
    """Play so many runs from a stage of the year; return how many of them came where.

    ``only_tell``: the first that differs ends it, whatever it is; no simpler one is looked for.
    """
    machine = type("Year", (YearMachine,), {"ground": ground, "start": start, "reached": Counter()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            # The first that is drawn is the simplest, and does next to nothing.
            max_examples=runs + 1,
            stateful_step_count=STEPS_OF_A_RUN,
            deadline=None,
            phases=(Phase.generate,) if only_tell else tuple(Phase),
            report_multiple_bugs=not only_tell,
            database=None,
            derandomize=not LONG,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return machine.reached
