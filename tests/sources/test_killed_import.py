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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    write_company(folder)
    (tmp_path / "sample.yaml").write_text(SOURCE, encoding="utf-8")
    return folder


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
    database_url: URL, folder: Path, tmp_path: Path, seed: int
) -> None:
    arguments = ["import", str(tmp_path / "sample.yaml"), "--from", str(folder)]
    calm_url = sa.engine.make_url(f"sqlite:///{tmp_path / 'calm.db'}")
    calm, killed = home(tmp_path / "calm", calm_url), home(tmp_path / "killed", database_url)
    kills = 0
    for rows in (BEFORE, AFTER):
        write_orders(folder, *rows)
        unkilled = run(COMMAND, arguments, env=calm)
        assert unkilled.returncode == 0, unkilled.stderr
        end = run_killed(COMMAND, arguments, env=killed, kills=3, seed=seed, commits=6)
        assert end.last.returncode == 0, end.last.stderr
        kills += len(end.moments)
        assert state_of(database_url) == state_of(calm_url)
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
