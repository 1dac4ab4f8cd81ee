"""Drafting, comparing and publishing a policy, as somebody types it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from admin.cli import main
from tests.engine.helping import POLICIES
from tests.organisation import NOW
from workflows.access.actors import CONSOLE
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_token, add_account
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.migrations import upgrade

Run = Callable[..., Result]
SHIPPED = POLICIES / "sales-quarterly"


@pytest.fixture
def tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Two of HR and one of finance, by user name."""
    for name in ("KAOHENG_DATABASE_URL", "KAOHENG_TOKEN", "KAOHENG_NOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KAOHENG_LANGUAGE", "en")
    monkeypatch.setenv("KAOHENG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    home = tmp_path / "home"
    database = Database(make_url(f"sqlite:///{home / 'kaoheng.db'}"), Keyring(home / "keys"))
    upgrade(database)
    with database.write() as session:
        first = add_account(session, CONSOLE, NOW, username="admin", role=Role.ADMINISTRATOR)
        admin = actor_of_token(session, first.token)
        made = {
            name: add_account(session, admin, NOW, username=name, role=role).token
            for name, role in (("hr", Role.HR), ("hr2", Role.HR), ("finance", Role.FINANCE))
        }
    database.close()
    return made


@pytest.fixture
def run(tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def invoke(user: str, *arguments: object) -> Result:
        monkeypatch.setenv("KAOHENG_TOKEN", tokens[user])
        return CliRunner().invoke(main, ["rules", *(str(argument) for argument in arguments)])

    return invoke


def versions(run: Run) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(run("hr", "list", "--json").output)
    return listed


def test_a_file_drafted_compared_and_published(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAOHENG_NOW", "2026-03-10T09:00:00+08:00")
    first = run("hr", "draft", "sales-quarterly", SHIPPED / "policy.yaml")
    assert first.exit_code == 0, first.output
    handed_in = run("hr", "submit", "sales-quarterly", "--reason", "a start", "--json")
    assert json.loads(handed_in.output)["effective"] == "2026-04-01", "the next quarter's first day"
    assert run("hr", "publish", "sales-quarterly").exit_code == 1, "whoever wrote it may not"
    early = run("hr2", "publish", "sales-quarterly")
    assert (early.exit_code, "finance" in early.output) == (1, True)
    assert run("finance", "approve", "sales-quarterly").exit_code == 0
    published = run("hr2", "publish", "sales-quarterly")
    assert "Published version 1 of sales-quarterly, in force from 2026-04-01" in published.output

    file = tmp_path / "policy.yaml"
    text = (SHIPPED / "policy.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("{floor: 0, cap: 130}", "{floor: 0, cap: 135}"), encoding="utf-8")
    assert run("hr", "draft", "sales-quarterly", file).exit_code == 0
    late = run("hr", "submit", "sales-quarterly", "--reason", "-", "--from", "2026-01-01")
    assert (late.exit_code, "retroactive" in late.output) == (1, True)
    again = ("submit", "sales-quarterly", "--reason", "-", "--from", "2026-07-01")
    for arguments in (again, ("withdraw", "sales-quarterly"), again):
        assert run("hr", *arguments).exit_code == 0
    assert run("finance", "approve", "sales-quarterly").exit_code == 0
    assert run("hr2", "publish", "sales-quarterly", "--reason", "fairer").exit_code == 0
    expected = {"2026-03-31": ("coming", "coming"), "2026-05-31": ("coming", "in_force")}
    for day, states in {**expected, "2026-07-01": ("in_force", "superseded")}.items():
        monkeypatch.setenv("KAOHENG_NOW", f"{day}T00:30:00+08:00")
        listed = [(row["seq"], row["state"], row["reason"]) for row in versions(run)]
        assert listed == [(2, states[0], "fairer"), (1, states[1], "a start")], day
    new, old = (row["version"] for row in versions(run))
    assert json.loads(run("hr", "diff", old[:12], new[:12], "--json").output) == [
        {
            "change": "changed",
            "of": "Total",
            "part": "Cap",
            "before": "130",
            "after": "135",
        }
    ]


def test_a_file_with_faults_or_of_another_policy_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    text = (SHIPPED / "policy.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("weight: 40%", "weight: 39%"), encoding="utf-8")
    answer = run("hr", "draft", "sales-quarterly", file)
    assert (answer.exit_code, "99%" in answer.output) == (1, True)
    other = run("hr", "draft", "another", SHIPPED / "policy.yaml")
    assert (other.exit_code, "not of another" in other.output) == (1, True)
    assert run("hr2", "publish", "sales-quarterly", "--reason", "why").exit_code == 1
    assert versions(run) == []
