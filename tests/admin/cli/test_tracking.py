"""Tracking, plans and the programme as somebody types them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from admin.cli import main
from tests.organisation import NOW, actor
from workflows.access.policy import Role
from workflows.accounts.operations import add_account
from workflows.base.database import Database
from workflows.base.keys import Keyring

Run = Callable[..., Result]


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as HR or as the manager M1 of the tests' company."""
    monkeypatch.setenv("KAOHENG_LANGUAGE", "en")
    monkeypatch.setenv("KAOHENG_HOME", str(home))
    monkeypatch.setenv("KAOHENG_NOW", "2026-02-10T09:00:00+08:00")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    database = Database(make_url(f"sqlite:///{home / 'kaoheng.db'}"), Keyring(home / "keys"))
    with database.write() as session:
        admin = actor(session, Role.ADMINISTRATOR)
        tokens = {
            "hr": add_account(session, admin, NOW, username="hr9", role=Role.HR).token,
            "m1": add_account(
                session, admin, NOW, username="m9", role=Role.MANAGER, person_code="M1"
            ).token,
        }
    database.close()

    def invoke(user: str, *arguments: str) -> Result:
        monkeypatch.setenv("KAOHENG_TOKEN", tokens[user])
        return CliRunner().invoke(main, list(arguments))

    return invoke


def test_a_check_in_is_held_and_a_measure_closed(run: Run) -> None:
    notes = ("--summary", "小结", "--measure", "陪访", "S11", "2026-03-01")
    assert run("hr", "checkin", "hold", "check-in-S11", *notes).exit_code == 1  # not theirs
    held = run("m1", "checkin", "hold", "check-in-S11", *notes)
    assert held.output == "Recorded the check-in check-in-S11.\n"
    listed = json.loads(run("m1", "checkin", "list", "east@2026-Q1", "--json").output)
    assert {row["state"] for row in listed if row["check_in"] == "check-in-S11"} == {"held"}
    assert run("m1", "checkin", "close", "measure-S12", "--dropped").exit_code == 1
    closed = run("m1", "checkin", "close", "measure-S12", "--dropped", "--said", "已调岗")
    assert closed.exit_code == 0


def test_plans_careers_and_the_report(run: Run) -> None:
    noted = run("m1", "plan", "note", "plan-S11", "evidence", "周报")
    assert noted.output == "Noted in the plan plan-S11.\n"
    rows = json.loads(run("hr", "plan", "file", "S11", "--json").output)
    assert {row["item"] for row in rows if row["there"]} == {"plan", "training", "evidence"}
    assert run("hr", "career", "list").exit_code == 0
    assert run("m1", "programme", "report", "2026-Q1").exit_code == 1
    report = run("hr", "programme", "report", "2026-Q1", "--csv")
    assert report.output.startswith("section,of,name,value\n")
    assert run("hr", "programme", "report", "2026").exit_code == 1
