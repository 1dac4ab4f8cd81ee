"""SIGKILL at any moment of an import: started again, it ends as if nothing had happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from tests.killing import run, run_killed
from tests.sources.sample import SOURCE, row, write_company, write_orders
from workflows.access.actors import CONSOLE
from workflows.access.policy import Role
from workflows.accounts.operations import add_account
from workflows.application import open_application
from workflows.base.database import Database
from workflows.base.settings import load_settings
from workflows.log.tables import LogEntry
from workflows.org.tables import Membership, Person, Unit
from workflows.sources.tables import (
    CreditLine,
    QuarantinedRow,
    Record,
    RecordVersion,
    SourceImport,
)

COMMAND = "admin.cli:main"
BEFORE = [
    row(合同号=f"HT-{number:04}", 业务员="E02" if number % 3 else "E01") for number in range(1200)
]
# A correction, a row that goes in anew, and rows that do not.
AFTER = [
    row(合同号="HT-0000", 客户="中粮"),
    *BEFORE[1:],
    row(合同号="HT-9999"),
    *(row(合同号=f"X-{number}", 阶段="?") for number in range(30)),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    write_company(folder)
    folder.with_name("sample.yaml").write_text(SOURCE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def unkilled(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[Any]]]:
    """Return what each of the two imports leaves when nothing kills it."""
    path = tmp_path_factory.mktemp("calm")
    url = sa.engine.make_url(f"sqlite:///{path / 'calm.db'}")
    calm = home(path, url)
    left = []
    for rows in (BEFORE, AFTER):
        write_orders(folder, *rows)
        done = run(COMMAND, importing(folder), env=calm)
        assert done.returncode == 0, done.stderr
        left.append(state_of(url))
    return left


def importing(folder: Path) -> list[str]:
    return ["import", str(folder.with_name("sample.yaml")), "--from", str(folder)]


def home(path: Path, url: URL) -> dict[str, str]:
    """Return the environment of a home whose HR acts."""
    environ = {
        "KAOHENG_HOME": str(path),
        "KAOHENG_DATABASE_URL": url.render_as_string(hide_password=False),
        "KAOHENG_NOW": "2026-01-31T12:00:00+08:00",
        "KAOHENG_LANGUAGE": "en",
    }
    app = open_application(load_settings(environ))
    with app.database.write() as session:
        made = add_account(session, CONSOLE, app.clock(), username="hr", role=Role.HR)
    app.close()
    return {**environ, "KAOHENG_TOKEN": made.token}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_import_ends_like_one_that_was_not(
    database_url: URL,
    folder: Path,
    unkilled: list[dict[str, list[Any]]],
    tmp_path: Path,
    seed: int,
) -> None:
    killed = home(tmp_path / "killed", database_url)
    kills = 0
    for rows, left in zip((BEFORE, AFTER), unkilled, strict=True):
        write_orders(folder, *rows)
        end = run_killed(COMMAND, importing(folder), env=killed, kills=3, seed=seed, commits=6)
        assert end.last.returncode == 0, end.last.stderr
        kills += len(end.moments)
        assert state_of(database_url) == left
    assert kills >= 3


def state_of(url: URL) -> dict[str, list[Any]]:
    """Return all that an import leaves, without the numbers and names that differ by chance."""
    database = Database(url)
    with database.read() as session:
        state = {
            name: [tuple(line) for line in session.execute(query).all()]
            for name, query in QUERIES.items()
        }
    database.close()
    return state


QUERIES: dict[str, sa.Select[Any]] = {
    "units": sa.select(Unit.code, Unit.name, Unit.kind).order_by(Unit.code),
    "people": sa.select(Person.code, Person.name).order_by(Person.code),
    "memberships": sa.select(
        Person.code, Unit.code, Membership.role, Membership.valid_from, Membership.valid_to
    )
    .join(Membership, Membership.person_id == Person.id)
    .join(Unit, Unit.id == Membership.unit_id)
    .order_by(Person.code, Unit.code, Membership.role),
    "versions": sa.select(
        Record.kind,
        Record.code,
        RecordVersion.seq,
        RecordVersion.fields,
        RecordVersion.digest,
        Record.current_version_id == RecordVersion.id,
    )
    .join(RecordVersion, RecordVersion.record_id == Record.id)
    .order_by(Record.kind, Record.code, RecordVersion.seq),
    "credits": sa.select(Record.code, RecordVersion.seq, Person.code, CreditLine.share)
    .join(RecordVersion, RecordVersion.record_id == Record.id)
    .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
    .join(Person, Person.id == CreditLine.person_id)
    .order_by(Record.code, RecordVersion.seq),
    "quarantined": sa.select(
        QuarantinedRow.seq, QuarantinedRow.line, QuarantinedRow.column, QuarantinedRow.code
    ).order_by(QuarantinedRow.import_id, QuarantinedRow.seq),
    "imports": sa.select(
        SourceImport.state, SourceImport.counts, SourceImport.files, SourceImport.rows_root
    ).order_by(SourceImport.id),
    "log": sa.select(LogEntry.seq, LogEntry.action).order_by(LogEntry.seq),
}
