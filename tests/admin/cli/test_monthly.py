"""The library's monthly policy from its beginning to its seal, as people type it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from admin.cli import main
from tests.organisation import NOW, add_organisation
from tests.played import PEOPLE, Deal, add_deals
from workflows.access.actors import CONSOLE
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_token, add_account
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.migrations import upgrade
from workflows.sources.tables import SourceImport

CYCLE = "monthly@2026-03"
WHO = {
    "hr": (Role.HR, None),
    "hr2": (Role.HR, None),
    "finance": (Role.FINANCE, None),
    "m1": (Role.MANAGER, "M1"),
    "s11": (Role.SALESPERSON, "S11"),
    "s12": (Role.SALESPERSON, "S12"),
}
Said = Callable[..., str]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Said:
    """Run a command as somebody at a time of the organisation's clock; it must be done."""
    home = tmp_path / "home"
    for name in ("KAOHENG_DATABASE_URL", "KAOHENG_TOKEN", "KAOHENG_NOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KAOHENG_LANGUAGE", "en")
    monkeypatch.setenv("KAOHENG_HOME", str(home))
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    database = Database(make_url(f"sqlite:///{home / 'kaoheng.db'}"), Keyring(home / "keys"))
    upgrade(database)
    with database.write() as session:
        add_organisation(session)
        brought = SourceImport(
            public_id="i", source="test", state="done", files=[], counts={}, started_at=NOW
        )
        session.add(brought)
        session.flush()
        deals = [
            Deal(f"{person}-{number}", person, amount=200_000, closed=date(2026, 3, 5 + number))
            for person in PEOPLE
            for number in range(3)
        ]
        add_deals(session, brought, deals)
        first = add_account(session, CONSOLE, NOW, username="admin", role=Role.ADMINISTRATOR)
        admin = actor_of_token(session, first.token)
        tokens = {
            name: add_account(
                session, admin, NOW, username=name, role=role, person_code=person
            ).token
            for name, (role, person) in WHO.items()
        }
    database.close()

    def run(user: str, at: str, *arguments: str) -> str:
        monkeypatch.setenv("KAOHENG_TOKEN", tokens[user])
        monkeypatch.setenv("KAOHENG_NOW", f"{at}+08:00")
        answer = CliRunner().invoke(main, list(arguments))
        assert answer.exit_code == 0, answer.output
        return answer.output

    return run


def stages(said: Said, at: str) -> dict[str, str]:
    rows = json.loads(said("hr", at, "review", "list", CYCLE, "--json"))
    return {row["person"]: row["stage"] for row in rows}


def test_a_month_in_which_silence_confirms(said: Said) -> None:
    before = "2026-02-10T09:00"
    said("hr", before, "rules", "new", "monthly", "--from", "monthly-sales", "--year", "2026")
    said("hr", before, "rules", "submit", "monthly", "--reason", "a start", "--from", "2026-03-01")
    said("finance", before, "rules", "approve", "monthly")
    said("hr2", before, "rules", "publish", "monthly")
    said("hr", "2026-03-01T09:00", "cycle", "open", "monthly", "2026-03")
    timers = json.loads(said("hr", "2026-03-01T09:00", "timers", "list", "--json"))
    # The third working day after March is Friday the 3rd; HR is reminded on the one before.
    assert [each["due_at"][:16] for each in timers[:: len(PEOPLE)]] == [
        "2026-04-01 16:00",
        "2026-04-03 16:00",
        "2026-04-07 16:00",  # a working day later: after the long weekend of Qingming
    ]
    said("hr", "2026-04-03T10:00", "cycle", "lock", CYCLE)
    said("m1", "2026-04-03T11:00", "review", "move", CYCLE, "--all", "confirm")
    said("hr", "2026-04-03T12:00", "review", "move", CYCLE, *PEOPLE[2:], "confirm")
    (due,) = {
        row["due"]
        for row in json.loads(said("hr", "2026-04-03T12:00", "review", "list", CYCLE, "--json"))
    }
    assert due.startswith("2026-04-09 16:00"), "the 7th, 8th and 9th are its three working days"

    said("s11", "2026-04-08T09:00", "review", "move", CYCLE, "S11", "accept")
    last = "2026-04-09T23:59:59"
    assert said("hr", last, "timers", "fire") == f"{len(PEOPLE) - 1} were due.\n"  # reminders
    assert set(stages(said, last).values()) == {"acceptance", "result_approval"}
    over = "2026-04-10T00:00"
    assert said("hr", over, "timers", "fire") == f"{len(PEOPLE) - 1} were due.\n"
    assert said("hr", over, "timers", "fire") == "0 were due.\n"
    assert set(stages(said, over).values()) == {"result_approval"}
    told = json.loads(said("s12", over, "notices", "list", "--json"))
    assert "without a word, which counts as: Accept." in told[0]["message"]
    assert said("s12", over, "notices", "read") == "2 marked as read.\n"
    assert json.loads(said("s11", over, "notices", "list", "--json")) == []

    said("finance", "2026-04-10T09:00", "cycle", "approve", CYCLE)
    assert set(stages(said, "2026-04-10T09:00").values()) == {"closed"}
    said("hr", "2026-04-10T10:00", "cycle", "close", CYCLE)
    assert "same bytes" in said("hr", "2026-04-10T10:00", "cycle", "replay", CYCLE)
    assert json.loads(said("hr", "2026-04-10T10:00", "timers", "list", "--json")) == []


def test_the_organisation_s_own_days_move_a_deadline(said: Said) -> None:
    at = "2026-03-01T09:00"
    assert "2026-04-08" in said("s11", at, "calendar", "add", "2026-04-03", "2")
    said("hr", at, "calendar", "set", "2026-04-07", "--off", "--why", "司庆")
    assert "2026-04-09" in said("s11", at, "calendar", "add", "2026-04-03", "2")
    assert "司庆" in said("s11", at, "calendar", "list")
    said("hr", at, "calendar", "unset", "2026-04-07")
    assert json.loads(said("hr", at, "calendar", "list", "--json")) == []
    assert json.loads(said("hr", at, "calendar", "unknown", "--json")) == []
