"""The worked example of the page about goals, run as it stands."""

from __future__ import annotations

import csv
import re
import shlex
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from admin.cli import main
from tests.organisation import NOW
from workflows.access.actors import CONSOLE
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_token, add_account
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.migrations import upgrade
from workflows.org.tables import Membership, Person, Unit

PAGE = Path(__file__).parent.parent.parent / "docs/goals.md"
BLOCK = re.compile(r"^```(sh|sh finance|text)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def add_five_people(session: Session) -> None:
    company = Unit(code="co", name="公司", kind="company")
    team = Unit(code="t1", name="一队", kind="team", parent=company)
    session.add_all([company, team])
    for number in range(1, 6):
        person = Person(code=f"P{number}", name=f"P{number}", public_id=f"id-{number}")
        since = date(2020, 1, 1)
        session.add(Membership(person=person, unit=team, role="member", valid_from=since))


@pytest.fixture
def tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """HR, who works through the page, and finance, who approves."""
    for name in ("KAOHENG_DATABASE_URL", "KAOHENG_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KAOHENG_LANGUAGE", "en")
    monkeypatch.setenv("KAOHENG_NOW", "2026-01-05T09:00:00+08:00")
    monkeypatch.setenv("KAOHENG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    database = Database(make_url(f"sqlite:///{home / 'kaoheng.db'}"), Keyring(home / "keys"))
    upgrade(database)
    with database.write() as session:
        add_five_people(session)
        first = add_account(session, CONSOLE, NOW, username="admin", role=Role.ADMINISTRATOR)
        admin = actor_of_token(session, first.token)
        made = {
            name: add_account(session, admin, NOW, username=name, role=role).token
            for name, role in (("hr", Role.HR), ("finance", Role.FINANCE))
        }
    database.close()
    return made


def test_the_page_says_what_the_commands_print(
    tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed, compared = "", 0
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            assert in_columns(printed, text.splitlines()[0]) == text
            compared += 1
            continue
        monkeypatch.setenv("KAOHENG_TOKEN", tokens["finance" if "finance" in kind else "hr"])
        for line in text.splitlines():
            program, *arguments = shlex.split(line)
            assert program == "kaoheng"
            result = CliRunner().invoke(main, arguments)
            assert result.exit_code == 0, f"{line}\n{result.output}"
            printed = result.output
    assert compared == 4


def in_columns(printed: str, header: str) -> str:
    """Return those columns of what was printed that the page shows."""
    names = header.split(",")
    rows = csv.DictReader(StringIO(printed))
    return "\n".join([header, *(",".join(row[name] for name in names) for row in rows)]) + "\n"
