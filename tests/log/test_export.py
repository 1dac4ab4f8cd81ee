"""An exported log, checked by a script that shares no code with this program."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.errors import KaohengError
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log.append import append, checkpoint
from workflows.log.export import export
from workflows.log.note import Signer
from workflows.log.signing import own_verifier, signer
from workflows.log.snapshot import snapshot

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SCRIPT = Path(__file__).parents[2] / "docs" / "verify_log.py"


@pytest.fixture
def exported(database: Database, tmp_path: Path) -> Path:
    for number in range(11):
        with database.write() as session:
            append(
                session,
                action="move",
                actor="u",
                subject=("review", f"r-{number}"),
                at=NOW,
                details={"note": "达成率"},
                personal={"x": "王芳"},
                person="p",
            )
            if number == 6:
                kept = checkpoint(session, at=NOW)
    with snapshot(database) as session:
        assert export(session, tmp_path / "log") == 11
    (tmp_path / "kept").write_text(kept)
    return tmp_path / "log"


def check(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    # -I and -S: neither this program nor any installed library can be imported.
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_script_agrees(exported: Path, keyring: Keyring) -> None:
    kept = str(exported.parent / "kept")
    result = check(exported, "--key", str(own_verifier(keyring)), "--checkpoint", kept)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("the log holds: 11 entries, root ")
    assert "王芳" not in "".join(p.read_text() for p in exported.rglob("*") if p.is_file())


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


def run_together(folder: Path) -> None:
    # Every +, for the key's own base64 may have some beside the two that part it.
    text = (folder / "log.vkey").read_text()
    (folder / "log.vkey").write_text(text.replace("+", "-"))


def drop_last(folder: Path) -> None:
    lines = (folder / "entries.jsonl").read_text().splitlines(keepends=True)
    (folder / "entries.jsonl").write_text("".join(lines[:-1]))


def drop_third(folder: Path) -> None:
    lines = (folder / "entries.jsonl").read_text().splitlines(keepends=True)
    (folder / "entries.jsonl").write_text("".join(lines[:2] + lines[3:]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edit("entries.jsonl", "达成率", "得分"), "checkpoint of 7 entries does not fit"),
        (edit("entries.jsonl", "r-9", "r-8"), "checkpoint of 11 entries does not fit"),
        (edit("checkpoint", "\n11\n", "\n12\n"), "does not hold"),
        (edit("checkpoints/7", "\n7\n", "\n8\n"), "does not hold"),
        (edit("log.vkey", "kaoheng", "kaohemg"), "is not an Ed25519 key"),
        (run_together, "not a whole export"),
        (edit("entries.jsonl", "{", "["), "not a whole export"),
        (drop_last, "there are 10: some are missing"),
        (drop_third, "entry 2 is missing"),
    ],
)
def test_the_script_finds_what_was_changed(
    exported: Path, change: Callable[[Path], None], said: str
) -> None:
    change(exported)
    result = check(exported)
    assert result.returncode == 1
    assert said in result.stderr


def test_the_script_asks_for_the_right_key(exported: Path) -> None:
    result = check(exported, "--key", str(Signer.generate("kaoheng.local/log").verifier))
    assert (result.returncode, "no trusted key" in result.stderr) == (1, True)


def test_an_export_writes_over_nothing(
    database: Database, exported: Path, keyring: Keyring
) -> None:
    assert signer(keyring)
    with snapshot(database) as session, pytest.raises(KaohengError, match="already"):
        export(session, exported)
    assert [path.name for path in exported.parent.glob(".log*")] == []
