"""``kaoheng calibration``: a session from its opening to its minutes, by command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from admin.cli import main
from tests.factories import CYCLE
from workflows.accounts.operations import issue_token
from workflows.accounts.tables import Account
from workflows.application import open_application
from workflows.base.settings import load_settings
from workflows.cycles.tables import Cycle


@pytest.fixture
def tokens(home: Path) -> dict[str, str]:
    """Lock the cycle again, and give HR and the director a token each."""
    app = open_application(load_settings({"KAOHENG_HOME": str(home)}))
    with app.database.write() as session:
        session.scalars(sa.select(Cycle).where(Cycle.code == CYCLE)).one().state = "locked"
        accounts = session.scalars(
            sa.select(Account).where(Account.username.in_(["hr", "sales_director"]))
        )
        found = {each.username: issue_token(session, each, app.clock()) for each in accounts}
    app.close()
    return found


def test_a_session_by_command(home: Path, tokens: dict[str, str], tmp_path: Path) -> None:
    def run(who: str, *words: str) -> Result:
        env = {
            "KAOHENG_HOME": str(home),
            "KAOHENG_TOKEN": tokens[who],
            "KAOHENG_LANGUAGE": "en",
        }
        return CliRunner().invoke(main, ["calibration", *words], env=env)

    opened = run("hr", "open", CYCLE, "--unit", "west", "--participant", "manager")
    assert opened.exit_code == 0, opened.output
    key = opened.output.split()[-1].rstrip(".")
    assert "west" in run("hr", "list").output
    board = json.loads(run("hr", "show", key, "--json").output)
    assert {row["person"] for row in board} == {"M3", "S31", "S32", "S33"}
    assert run("hr", "move", key, "S32", "S", "--reason", "带教新人").exit_code == 0
    refused = run("hr", "move", key, "S31", "S", "--reason", "带教新人")
    assert refused.exit_code == 1  # the review is not in calibration any more
    assert run("hr", "leave-out", key, "S33", "--reason", "调岗").exit_code == 0
    said = tmp_path / "minutes.txt"
    said.write_text("三人到会", encoding="utf-8")
    moves = json.loads(run("hr", "minutes", key, "--write", str(said), "--json").output)
    assert [(row["person"], row["after"], row["by"]) for row in moves] == [("S32", "S", "hr")]
    assert run("hr", "close", key).exit_code == 0
    assert run("hr", "approve", key).exit_code == 1
    assert run("sales_director", "approve", key).exit_code == 0
    assert run("hr", "guidance", key, "--csv").output.startswith("group,")
    assert run("hr", "reopen", key, "--reason", "漏议").exit_code == 0
