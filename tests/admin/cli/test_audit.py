"""The commands over the log, its backups and its export, as somebody types them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from admin.cli import main
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log.append import append
from workflows.log.checkpoint import open_checkpoint
from workflows.log.note import Verifier
from workflows.migrations import upgrade

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in the home ``home``, which has a log of three entries."""
    for name in ("KAOHENG_DATABASE_URL", "KAOHENG_TOKEN", "KAOHENG_NOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KAOHENG_LANGUAGE", "en")
    monkeypatch.setenv("KAOHENG_HOME", str(tmp_path / "home"))
    home = tmp_path / "home"
    database = Database(make_url(f"sqlite:///{home / 'kaoheng.db'}"), Keyring(home / "keys"))
    upgrade(database)
    for number in range(3):
        with database.write() as session:
            append(
                session,
                action="move",
                actor="u",
                subject=("review", str(number)),
                at=datetime(2026, 11, 21, tzinfo=UTC),
            )
    database.close()

    # The command line reports crashes through this hook; the next test gets back its own.
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return invoke


def tamper(home: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{home / 'kaoheng.db'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER log_entry_no_update")
        connection.exec_driver_sql("UPDATE log_entry SET actor = 'x' WHERE seq = 1")
    engine.dispose()


def refusal(result: Result) -> str:
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_verify_says_size_and_root_on_one_line(run: Run, tmp_path: Path) -> None:
    result = run("audit", "verify")
    assert result.exit_code == 0, result.exception
    assert result.output.startswith("The log holds: 3 entries, root ")
    assert result.output.count("\n") == 1


def test_verify_names_the_first_entry_that_does_not_fit(run: Run, tmp_path: Path) -> None:
    tamper(tmp_path / "home")
    found = refusal(run("audit", "verify"))
    assert "Entry 1 was changed after it was written: actor differs from it." in found


def test_verify_gives_programs_the_same(run: Run, tmp_path: Path) -> None:
    held = json.loads(run("audit", "verify", "--json").stdout)
    assert (held["holds"], held["size"], held["entry"]) == (True, 3, None)
    tamper(tmp_path / "home")
    result = run("audit", "verify", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["holds"], found["entry"]) == (1, False, 1)
    assert found["code"] == "log.changed"


def test_a_checkpoint_kept_elsewhere_can_be_checked_with_the_printed_key(
    run: Run, tmp_path: Path
) -> None:
    printed = run("audit", "checkpoint").output
    key = run("audit", "key").output.strip()
    assert open_checkpoint(printed, [Verifier.parse(key)]).size == 3
    kept = tmp_path / "kept"
    assert run("audit", "checkpoint", "--out", kept).exit_code == 0
    assert kept.read_text() == printed
    assert run("audit", "verify", "--checkpoint", kept).exit_code == 0
    kept.write_text(printed.replace("\n3\n", "\n2\n"))
    assert "does not belong" in refusal(run("audit", "verify", "--checkpoint", kept))


def test_export_writes_the_folder(run: Run, tmp_path: Path) -> None:
    assert "Wrote 3 entries" in run("audit", "export", tmp_path / "log").output
    assert len((tmp_path / "log" / "entries.jsonl").read_text().splitlines()) == 3


def test_a_backup_restores_into_another_home(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = run("audit", "verify").output
    done = run("backup", tmp_path / "b.zip")
    assert "3 log entries" in done.output
    assert "keys" in done.output
    monkeypatch.setenv("KAOHENG_HOME", str(tmp_path / "other"))
    restored = run("restore", tmp_path / "b.zip")
    assert restored.exit_code == 0, restored.exception
    assert run("audit", "verify").output == before
    assert "not empty" in refusal(run("restore", tmp_path / "b.zip"))
    assert run("restore", tmp_path / "b.zip", "--replace").exit_code == 0


def test_who_may_check_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAOHENG_TOKEN", "kh_unknown")
    for arguments in (["verify"], ["checkpoint"], ["key"], ["export", "folder"]):
        assert "token is not known" in refusal(run("audit", *arguments))
