"""The demo loaded by its command: killed once, loaded whole, and everything in it true."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import URL

from tests import killing
from workflows.access.actors import CONSOLE, Actor
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_token, add_account
from workflows.accounts.passwords import verify_password
from workflows.accounts.tables import Account
from workflows.application import Application, open_application
from workflows.base.settings import load_settings
from workflows.cycles.operations import find_cycle
from workflows.cycles.reading import actual_rows, result_rows
from workflows.cycles.sealing import replay_cycle
from workflows.cycles.tables import Cycle
from workflows.demo.calendar import MANAGERS, QUARTERS, SALES, Quarter
from workflows.demo.company import LEAVER, NEWCOMERS, customers, people
from workflows.demo.deals import deals
from workflows.demo.defects import SET_ASIDE, defects
from workflows.demo.generate import SEED
from workflows.demo.sign_ins import is_empty
from workflows.incentives.reading import ledger_rows
from workflows.log.tables import LogEntry, LogHead
from workflows.log.verify import verify
from workflows.org.tables import Membership, Unit
from workflows.sources.tables import QuarantinedRow

COMMAND = "admin.cli:main"
CLOSED = [quarter.cycle(policy) for quarter in QUARTERS[:3] for policy in (SALES, MANAGERS)]


@dataclass(frozen=True)
class Demo:
    """The demo as its command left it: what it printed, and the home folder."""

    app: Application
    home: Path
    printed: list[dict[str, str]]
    empty_after_kill: bool

    def actor(self, user: str) -> Actor:
        token = next(entry["token"] for entry in self.printed if entry["user"] == user)
        with self.app.database.read() as session:
            return actor_of_token(session, token)


def environment(home: Path) -> dict[str, str]:
    return {"KAOHENG_HOME": str(home), "KAOHENG_LANGUAGE": "en", "KAOHENG_DATABASE_URL": ""}


def opened(home: Path) -> Application:
    return open_application(load_settings(environment(home)))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    home = tmp_path_factory.mktemp("demo") / "home"
    first = killing.run(COMMAND, ["demo"], env=environment(home), moment="after:20", timeout=300)
    assert first.returncode == -9
    app = opened(home)
    empty = is_empty(app)
    second = killing.run(COMMAND, ["demo", "--json"], env=environment(home), timeout=300)
    assert second.returncode == 0, second.stderr
    yield Demo(app, home, json.loads(second.stdout), empty)
    app.close()


def test_a_start_killed_half_way_leaves_the_database_empty(demo: Demo) -> None:
    assert demo.empty_after_kill
    assert not list(demo.home.glob("*.demo*"))


def test_everybody_listed_signs_in_in_every_role(demo: Demo) -> None:
    assert {entry["role"] for entry in demo.printed} == {role.value for role in Role}
    count = Counter(entry["role"] for entry in demo.printed)
    assert (count["hr"], count["manager"], count["salesperson"]) == (2, 6, 6)
    for entry in demo.printed:
        assert demo.actor(entry["user"]).roles[0].role == entry["role"]
    with demo.app.database.read() as session:
        hashed = session.scalars(select(Account.password).where(Account.username == "hr")).one()
    assert verify_password(demo.printed[1]["password"], hashed)


def test_the_sign_ins_are_for_their_owner_only(demo: Demo) -> None:
    path = demo.home / "demo-sign-ins.json"
    assert json.loads(path.read_text()) == demo.printed
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_command_again_shows_the_same_and_changes_nothing(demo: Demo) -> None:
    with demo.app.database.read() as session:
        size = session.scalar(select(LogHead.size))
    for options in ([], ["--if-empty"]):
        again = killing.run(COMMAND, ["demo", "--json", *options], env=environment(demo.home))
        assert json.loads(again.stdout) == demo.printed
    with demo.app.database.read() as session:
        assert session.scalar(select(LogHead.size)) == size


def test_three_regions_six_teams_and_their_people(demo: Demo) -> None:
    with demo.app.database.read() as session:
        units = Counter(session.scalars(select(Unit.kind)))
        posts = Counter(session.scalars(select(Membership.role)))
    assert units == {"company": 1, "region": 3, "team": 6}
    assert posts == {"member": 35, "manager": 6}


def test_three_quarters_are_sealed_and_the_fourth_is_under_way(demo: Demo) -> None:
    hr = demo.actor("hr")
    with demo.app.database.read() as session:
        states = {cycle.code: cycle.state for cycle in session.scalars(select(Cycle))}
        stages = {
            code: {row["stage"] for row in result_rows(session, hr, find_cycle(session, code))}
            for code in states
        }
    assert {code for code, state in states.items() if state == "sealed"} == set(CLOSED)
    assert states["demo-quarterly@2025-Q4"] == "open"
    assert states["demo-managers@2025-Q4"] == "locked"
    assert stages["demo-quarterly@2025-Q4"] == {"goal_setting", "goal_approval", "tracking"}
    assert stages["demo-managers@2025-Q4"] == {"data_locked", "evaluation", "calibration"}


@pytest.mark.parametrize("code", CLOSED)
def test_a_sealed_cycle_replays_to_the_same_bytes(demo: Demo, code: str) -> None:
    with demo.app.database.read() as session:
        assert replay_cycle(session, demo.actor("auditor"), find_cycle(session, code)) == []


def test_revenue_is_what_the_deals_that_went_in_say(demo: Demo) -> None:
    random = Random(SEED)
    staff = people(random)
    year = deals(random, staff, customers(random))
    spoiled = defects(random, year)
    expected: Counter[str] = Counter()
    for deal in year:
        third = deal.closed is not None and 7 <= deal.closed.month <= 9
        if deal.amount and third and spoiled.get(deal.code) not in SET_ASIDE:
            expected[deal.owner] += deal.amount
    with demo.app.database.read() as session:
        rows = actual_rows(session, demo.actor("hr"), find_cycle(session, f"{SALES}@2025-Q3"))
    revenue = {
        row["person"]: Decimal(str(row["actual"])) for row in rows if row["kpi"] == "revenue"
    }
    assert revenue == {person.code: expected[person.code] for person in staff}


def test_whoever_sold_nothing_is_appraised_on_what_applies(demo: Demo) -> None:
    with demo.app.database.read() as session:
        cycle = find_cycle(session, f"{SALES}@2025-Q1")
        rows = actual_rows(session, demo.actor("hr"), cycle)
    newcomers = [row for row in rows if row["person"] in NEWCOMERS]
    assert {row["actual"] for row in newcomers if row["kpi"] in ("win_rate", "price")} == {None}
    assert {Decimal(str(row["points"])) for row in newcomers if row["kpi"] == "revenue"} == {0}


@pytest.mark.parametrize("quarter", QUARTERS[:3], ids=lambda quarter: quarter.label)
def test_grades_spread_around_the_middle_and_some_are_calibrated(
    demo: Demo, quarter: Quarter
) -> None:
    with demo.app.database.read() as session:
        cycle = find_cycle(session, f"{SALES}@{quarter.label}")
        rows = result_rows(session, demo.actor("hr"), cycle)
    grades = Counter(row["grade"] for row in rows)
    assert set(grades) == {"S", "A", "B", "C", "D"}
    assert grades.most_common(1)[0][0] == "B"
    changed = [row for row in rows if row["calibrated_grade"] != row["grade"]]
    assert len(changed) == len(quarter.changes)


def test_the_ledger_has_every_kind_of_grant(demo: Demo) -> None:
    with demo.app.database.read() as session:
        kinds = {
            row["kind"]
            for code in CLOSED
            for row in ledger_rows(session, demo.actor("finance"), find_cycle(session, code))
        }
    assert kinds == {"commission", "bonus", "pool_share", "training", "rate", "honour"}


def test_the_last_import_set_aside_what_was_spoiled(demo: Demo) -> None:
    with demo.app.database.read() as session:
        last = session.scalar(select(func.max(QuarantinedRow.import_id)))
        rows = session.execute(
            select(QuarantinedRow.code, func.count())
            .where(QuarantinedRow.import_id == last)
            .group_by(QuarantinedRow.code)
        )
        counts = {code: count for code, count in rows}  # noqa: C416 (a Result is no mapping)
        of_leaver = list(
            session.scalars(
                select(QuarantinedRow.row).where(QuarantinedRow.code == "row.unknown_person")
            )
        )
    assert counts == {
        "row.unknown_person": 9,
        "row.date": 3,
        "row.number": 3,
        "row.blank": 3,
        "row.choice": 2,
        "row.unknown_product": 2,
        "row.order": 2,
        "row.duplicate": 2,
    }
    assert {row["负责人工号"] for row in of_leaver} == {LEAVER}


def test_the_history_verifies_and_its_time_never_runs_back(demo: Demo) -> None:
    keyring = demo.app.database.keyring
    assert keyring is not None
    with demo.app.database.read() as session:
        moments = list(session.scalars(select(LogEntry.at).order_by(LogEntry.seq)))
        actions = Counter(session.scalars(select(LogEntry.action)))
        report = verify(session, keyring)
    assert moments == sorted(moments)
    assert report.fault is None
    assert report.size == len(moments) > 1000
    assert actions["close_cycle"] == 6
    assert actions["import_records"] == 5


def test_a_database_in_use_is_left_alone(tmp_path: Path) -> None:
    app = opened(tmp_path)
    with app.database.write() as session:
        add_account(session, CONSOLE, app.clock(), username="root", role=Role.ADMINISTRATOR)
    app.close()
    refused = killing.run(COMMAND, ["demo"], env=environment(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr.startswith("The database is in use;")
    quiet = killing.run(COMMAND, ["demo", "--if-empty", "--json"], env=environment(tmp_path))
    assert (quiet.returncode, json.loads(quiet.stdout)) == (0, [])
    assert not (tmp_path / "demo-sign-ins.json").exists()


@pytest.mark.long
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_demo_loads_on_postgresql(database_url: URL, tmp_path: Path) -> None:
    address = database_url.render_as_string(hide_password=False)
    env = environment(tmp_path) | {"KAOHENG_DATABASE_URL": address}
    loaded = killing.run(COMMAND, ["demo", "--json"], env=env, timeout=300)
    assert loaded.returncode == 0, loaded.stderr
    app = open_application(load_settings(env))
    with app.database.read() as session:
        sealed = session.scalar(select(func.count()).where(Cycle.state == "sealed"))
    app.close()
    assert sealed == 6
