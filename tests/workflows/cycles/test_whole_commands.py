"""The same cycle, as somebody types it: figures, proposals, a rerun."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from admin.cli import main
from tests.organisation import NOW
from tests.played import Played, correct_deal
from tests.workflows.cycles.whole import CODE, whole
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.accounts.operations import add_account

ADMIN = Actor("admin", (RoleHeld(Role.ADMINISTRATOR),))


class Terminal:
    """Runs commands as one of the roles; ``complaint`` is what the last one refused."""

    def __init__(self, game: Played, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        settings = game.settings
        for name, value in {
            "KAOHENG_LANGUAGE": "en",
            "KAOHENG_HOME": str(settings.home),
            "KAOHENG_DATABASE_URL": game.database.write_engine.url.render_as_string(False),
        }.items():
            monkeypatch.setenv(name, value)
        with game.database.write() as session:
            self.tokens = {
                role: add_account(session, ADMIN, NOW, username=f"typing-{role}", role=role).token
                for role in (Role.HR, Role.FINANCE)
            }

    def run(self, role: Role, *arguments: object) -> str:
        self.monkeypatch.setenv("KAOHENG_TOKEN", self.tokens[role])
        result = CliRunner().invoke(main, [str(each) for each in arguments])
        self.complaint = result.stderr
        return result.stdout

    def rows(self, role: Role, *arguments: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run(role, *arguments, "--json"))
        return found


def test_figures_are_imported_and_listed(
    game: Played, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    company = whole(game)
    terminal = Terminal(game, monkeypatch)
    company.open()
    file = tmp_path / "ratings.csv"
    file.write_text("person,sharing.manager,market\nS11,80,1.5\nS12,101,\n", encoding="utf-8")
    terminal.run(Role.HR, "figures", "import", CODE, file)
    assert "ratings.csv:3" in terminal.complaint
    file.write_text("person,sharing.manager,market\nS11,80,1.5\nS12,90,\n", encoding="utf-8")
    assert "3 figures given" in terminal.run(Role.HR, "figures", "import", CODE, file)
    rows = terminal.rows(Role.HR, "figures", "list", CODE)
    assert [(row["person"], row["figure"], row["value"]) for row in rows] == [
        ("S11", "market", "1.5"),
        ("S11", "sharing.manager", "80"),
        ("S12", "sharing.manager", "90"),
    ]


def test_proposals_and_a_rerun(game: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    company = whole(game)
    company.up_to_approved()
    terminal = Terminal(game, monkeypatch)
    (proposal,) = terminal.rows(Role.HR, "proposals", "list", CODE)
    decide = ("proposals", "decide", proposal["proposal"], "--decline", "--reason", "新市场")
    assert "Declined" in terminal.run(Role.HR, *decide)
    assert terminal.rows(Role.HR, "proposals", "list", CODE)[0]["state"] == "declined"
    with company.database.write() as session:
        correct_deal(session, "2026-0", "89999.50")
    done = terminal.run(Role.FINANCE, "cycle", "rerun", CODE, "--reason", "退货")
    assert "4 entries posted" in done
    ledger = terminal.rows(Role.FINANCE, "ledger", CODE)
    assert [(row["amount"], row["payable_from"]) for row in ledger[-4:-2]] == [
        ("-630.01", None),
        ("-270.00", "2027-01-01"),
    ]
