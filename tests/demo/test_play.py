"""The demo's year played whole: everything in it true, and something of everything in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.admin.contents import shown
from workflows.access.actors import Actor
from workflows.accounts.operations import actor_of_token
from workflows.application import Application, open_application
from workflows.base.database import Base
from workflows.base.settings import load_settings
from workflows.cycles.sealing import replay_cycle
from workflows.cycles.tables import Cycle
from workflows.demo.generate import SEED
from workflows.demo.load import load_demo
from workflows.demo.played.days import DECEMBER, HALF, NEXT, Q3, Q4
from workflows.demo.played.year import days, play_whole_year
from workflows.demo.sign_ins import SignIns
from workflows.log.tables import LogEntry
from workflows.log.verify import verify
from workflows.reviews.tables import Review
from workflows.stages.tasks import late_tasks
from workflows.tasklist import PROVIDERS, tasks_for
from workflows.timers.operations import fire_due
from workflows.timers.tables import Timer

# What a year that goes well has no row of: nobody's key was erased, nothing was replayed twice…
WITHOUT_ROWS = {"agreement"}
# Waits for nobody in the demo: the holidays of every year that has a deadline are known.
WAITS_FOR_NOBODY = {"calendar_tasks"}
"""(filled in below)"""


@dataclass(frozen=True)
class Played:
    """The demo as it was played, and who signs in to it."""

    app: Application
    sign_ins: SignIns

    @property
    def end(self) -> datetime:
        """The morning after the last day."""
        last = days()[-1][0]
        start = datetime.combine(last, datetime.min.time(), self.app.settings.timezone)
        return start + timedelta(days=1, hours=9)

    def actors(self) -> dict[str, Actor]:
        found = {}
        with self.app.database.read() as session:
            for each in self.sign_ins:
                if each["user"] != "s0504":  # has left
                    found[str(each["user"])] = actor_of_token(session, str(each["token"]))
        return found


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    app = opened(tmp_path_factory.mktemp("played") / "home")
    yield Played(app, load_demo(app, SEED, play_whole_year))
    app.close()


def opened(home: Path) -> Application:
    environment = {"KAOHENG_HOME": str(home), "KAOHENG_LANGUAGE": "en"}
    return open_application(load_settings(environment))


def test_the_history_verifies_and_its_time_never_runs_back(played: Played) -> None:
    keyring = played.app.database.keyring
    assert keyring is not None
    with played.app.database.read() as session:
        moments = list(session.scalars(select(LogEntry.at).order_by(LogEntry.seq)))
        report = verify(session, keyring)
    assert moments == sorted(moments)
    assert report.fault is None
    assert report.size == len(moments) > 3000


def test_every_cycle_that_is_sealed_replays_to_the_same_bytes(played: Played) -> None:
    auditor = played.actors()["auditor"]
    with played.app.database.read() as session:
        cycles = {cycle.code: cycle for cycle in session.scalars(select(Cycle))}
        sealed = [code for code, cycle in cycles.items() if cycle.state == "sealed"]
        assert len(sealed) == 9
        # One of the third quarter is held back: the others' seals hold all the same.
        for code in (*sealed, Q3):
            assert replay_cycle(session, auditor, cycles[code]) == [], code


def test_three_cycles_run_over_the_same_people_at_once(played: Played) -> None:
    with played.app.database.read() as session:
        running = select(Cycle.code).join(Review).join(Review.person)
        of_one = running.where(Cycle.state != "sealed", Review.person.has(code="S0101"))
        assert set(session.scalars(of_one)) == {Q3, Q4, HALF, DECEMBER}


def test_the_last_quarter_is_left_in_the_middle_of_everything(played: Played) -> None:
    with played.app.database.read() as session:
        stages = Counter(
            session.scalars(select(Review.stage).join(Review.cycle).where(Cycle.code == Q4))
        )
    assert set(stages) == {"self_report", "evaluation", "calibration"}
    assert min(stages.values()) >= 2


def test_every_table_has_rows(played: Played) -> None:
    with played.app.database.read() as session:
        empty = {
            table.name
            for table in Base.metadata.sorted_tables
            if not session.scalar(select(func.count()).select_from(table))
        }
    assert empty <= WITHOUT_ROWS, empty - WITHOUT_ROWS


def test_everything_that_can_wait_for_somebody_does(played: Played) -> None:
    actors = played.actors()
    with played.app.database.read() as session:
        waiting = {
            provider.__name__: {
                name for name, actor in actors.items() if provider(session, actor, played.end)
            }
            for provider in PROVIDERS
        }
    assert {name for name, whom in waiting.items() if not whom} == WAITS_FOR_NOBODY
    busy = set().union(*waiting.values())
    assert {"hr", "hr2", "hr-east", "finance", "director", "m01", "m05", "s0101"} <= busy


def test_nothing_that_fell_due_was_refused(played: Played) -> None:
    with played.app.database.read() as session:
        assert not list(session.scalars(select(Timer.error).where(Timer.error.is_not(None))))
        states = Counter(session.scalars(select(Timer.state)))
    assert states["done"] > 300


def test_a_service_that_is_started_long_afterwards_goes_on(played: Played, tmp_path: Path) -> None:
    home = copied(played, tmp_path)
    app = opened(home)
    later = played.end + timedelta(days=300)
    fire_due(app.database, later)
    actors = played.actors()
    with app.database.read() as session:
        assert not list(session.scalars(select(Timer.error).where(Timer.error.is_not(None))))
        assert late_tasks(session, actors["hr"], later)
        for name in ("hr", "hr2", "finance", "director", "m01", "m05", "s0101", "s0501"):
            assert tasks_for(session, actors[name], later), name
    app.close()
