"""The demo's year played whole: everything in it true, and something of everything in it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from flask import Flask
from polars.testing import assert_frame_equal
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import killing
from tests.admin.conftest import post_sign_in, services_of
from workflows.access.actors import Actor
from workflows.accounts.operations import actor_of_token
from workflows.application import Application, open_application
from workflows.base.database import Base
from workflows.base.remembering import Memory
from workflows.base.settings import load_settings
from workflows.cycles import scored
from workflows.cycles.sealing import replay_cycle
from workflows.cycles.tables import Cycle
from workflows.demo.generate import SEED
from workflows.demo.load import load_demo
from workflows.demo.played.days import DECEMBER, HALF, Q3, Q4
from workflows.demo.played.year import days, play_whole_year
from workflows.demo.sign_ins import SignIns
from workflows.goals.offered import amounts_now, amounts_of
from workflows.goals.plans import approved_version
from workflows.goals.store import load_trees
from workflows.log.tables import LogEntry
from workflows.log.verify import verify
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.stages.tasks import late_tasks
from workflows.tasklist import PROVIDERS, tasks_for
from workflows.timers.operations import fire_due
from workflows.timers.tables import Timer
from wsgi import create_app

# What the year has no row of: nobody calls a page's form again, no year has days of the company's
# own, no unit moves, nobody is worse off by a rule in a begun period, no rule gives a proposal.
WITHOUT_ROWS = {
    "answered_request",
    "calendar_day",
    "consent",
    "consultation_file",
    "cycle_move",
    "proposal",
    "quarantine_mend",
    "unit_move",
}
# Waits for nobody: the holidays of every year that has a deadline are known.
WAITS_FOR_NOBODY = {"calendar_tasks"}
EMPTY = re.compile(r'class="[^"]*\bempty\b')
# Pages of the menu that have nothing for somebody, and rightly so.
NOTHING_THERE = {
    "auditor": {"/meetings/"},
    "finance": {"/meetings/"},
    "m01": {"/appeals/"},
    "m05": {"/appeals/", "/claims/"},
    "s0101": {"/appeals/"},
}


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


def copied(played: Played, tmp_path: Path) -> Path:
    """Copy the home folder, for a test that writes."""
    home = tmp_path / "home"
    there = played.app.settings.home
    shutil.copytree(there, home, ignore=shutil.ignore_patterns("kaoheng.db*"))
    with (
        closing(sqlite3.connect(there / "kaoheng.db")) as source,
        closing(sqlite3.connect(home / "kaoheng.db")) as target,
    ):
        source.backup(target)
    return home


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
        assert len(sealed) == 7
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


@pytest.fixture(scope="module")
def service(played: Played) -> Iterator[Flask]:
    environment = {
        "KAOHENG_HOME": str(played.app.settings.home),
        "KAOHENG_SECRET_KEY": "x" * 32,
        "KAOHENG_NOW": played.end.isoformat(),
    }
    app = create_app(load_settings(environment))
    yield app
    services_of(app).database.close()


@pytest.mark.parametrize(
    "user", ["hr", "hr-east", "finance", "director", "m01", "m05", "s0101", "s0203", "auditor"]
)
def test_no_page_of_the_menu_is_empty(played: Played, service: Flask, user: str) -> None:
    client = service.test_client()
    password = next(str(each["password"]) for each in played.sign_ins if each["user"] == user)
    assert post_sign_in(client, user, password).status_code == 302
    menu = re.search(r"<nav.*?</nav>", client.get("/").text, re.DOTALL)
    assert menu
    pages = sorted(set(re.findall(r'href="(/[^"]*)"', menu[0])))
    assert len(pages) > 10
    answers = {page: client.get(page) for page in pages}
    assert {answer.status_code for answer in answers.values()} == {200}
    empty = {page for page, answer in answers.items() if EMPTY.search(answer.text)}
    assert empty == NOTHING_THERE.get(user, set())


def test_the_command_shows_who_signs_in_and_plays_nothing_again(played: Played) -> None:
    environment = {"KAOHENG_HOME": str(played.app.settings.home), "KAOHENG_DATABASE_URL": ""}
    shown = killing.run("admin.cli:main", ["demo", "--play", "--json"], env=environment)
    assert json.loads(shown.stdout) == played.sign_ins
    assert len(played.sign_ins) == 49


@pytest.mark.long
def test_the_same_seed_gives_the_same_year(played: Played, tmp_path: Path) -> None:
    again = killing.run(
        "admin.cli:main",
        ["demo", "--play", "--json"],
        env={"KAOHENG_HOME": str(tmp_path), "KAOHENG_DATABASE_URL": "", "PYTHONHASHSEED": "1"},
        timeout=900,
    )
    assert again.returncode == 0, again.stderr
    one, other = (told(home) for home in (played.app.settings.home, tmp_path))
    assert one == other


@pytest.mark.long
def test_what_is_remembered_is_what_would_be_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Live figures are kept until something is logged that may move them: nothing else does."""
    remembering = ComputesAnew(most=24)
    monkeypatch.setattr(scored, "_FACTS", remembering)
    app = opened(tmp_path / "home")
    load_demo(app, SEED, play_whole_year)
    app.close()
    assert remembering.remembered > 100


class ComputesAnew(Memory[pl.DataFrame]):
    """Remembers, and computes all the same to see that it is still so."""

    remembered = 0

    def of(
        self, session: Session, key: Hashable, compute: Callable[[], pl.DataFrame]
    ) -> pl.DataFrame:
        computed = False

        def now() -> pl.DataFrame:
            nonlocal computed
            computed = True
            return compute()

        kept = super().of(session, key, now)
        if not computed:
            session.info.pop(scored._ROWS, None)
            assert_frame_equal(kept, compute())
            self.remembered += 1
        return kept


def test_what_somebody_has_of_a_goal_is_the_same_with_and_without_its_tree(played: Played) -> None:
    with played.app.database.read() as session:
        version = approved_version(session, 2025)
        assert version is not None
        (tree,) = load_trees(session, version)
        people = session.scalars(select(Person)).all()
        with_it = {person.code: amounts_now(tree, person.id) for person in people}
        without = {
            person.code: amounts_of(session, version, person.id).get(tree.goal.id)
            for person in people
        }
    assert without == with_it
    assert len([amounts for amounts in with_it.values() if amounts]) > 30


def told(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what a year tells, without what is drawn at random: what happened to whom and when,
    what everybody scored and was paid, and what they were told.
    """
    queries = {
        # Other tests of the played year sign in to it; nobody in it does.
        "log": "SELECT at, action, subject_kind FROM log_entry WHERE action <> 'sign_in'"
        " ORDER BY seq",
        "moves": "SELECT c.code, p.code, m.transition, m.reason, m.moved_at FROM review_move m"
        " JOIN review r ON r.id = m.review_id JOIN cycle c ON c.id = r.cycle_id"
        " JOIN person p ON p.id = r.person_id ORDER BY 5, 1, 2, 3",
        "results": "SELECT c.code, p.code, r.stage, r.total, r.grade, r.calibrated_grade, r.due_at"
        " FROM review r JOIN cycle c ON c.id = r.cycle_id JOIN person p ON p.id = r.person_id"
        " ORDER BY 1, 2",
        "ledger": "SELECT c.code, p.code, l.rule, l.kind, l.amount_minor, l.entered_at"
        " FROM ledger_entry l JOIN review r ON r.id = l.review_id JOIN cycle c"
        " ON c.id = r.cycle_id JOIN person p ON p.id = l.person_id ORDER BY 1, 2, 3, 4, 5, 6",
        "notices": "SELECT p.code, n.message, n.told_at FROM notice n"
        " JOIN person p ON p.id = n.person_id ORDER BY 1, 3, 2",
        "targets": "SELECT c.code, p.code, t.name, t.amount FROM target t"
        " JOIN cycle c ON c.id = t.cycle_id JOIN person p ON p.id = t.person_id ORDER BY 1, 2, 3",
        "evaluations": "SELECT c.code, e.stage, e.outputs, e.grants FROM evaluation e"
        " JOIN cycle c ON c.id = e.cycle_id ORDER BY 1, 2",
    }
    with closing(sqlite3.connect(home / "kaoheng.db")) as database:
        return {name: database.execute(query).fetchall() for name, query in queries.items()}
