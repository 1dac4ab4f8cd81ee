"""Importing into the database: nothing half-written, nothing twice, every version kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from engine.errors import KaohengError, Kind
from tests.sources.sample import (
    SAMPLE,
    SOURCE,
    TEAMS,
    delimited,
    row,
    write_company,
    write_orders,
)
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.application import Application, open_application
from workflows.base.settings import load_settings
from workflows.log.tables import LogEntry
from workflows.org.tables import ALWAYS, Membership, Person, Unit
from workflows.sources import importing
from workflows.sources.imports import ImportReport, Part, import_folder
from workflows.sources.tables import (
    CreditLine,
    QuarantinedRow,
    Record,
    RecordVersion,
    SourceImport,
)

HR = Actor("hr", (RoleHeld(Role.HR),))
NOW = datetime(2026, 1, 31, 4, 0, tzinfo=UTC)


@pytest.fixture
def app(database_url: URL, tmp_path: Path) -> Iterator[Application]:
    environ = {
        "KAOHENG_HOME": str(tmp_path / "home"),
        "KAOHENG_DATABASE_URL": database_url.render_as_string(hide_password=False),
        "KAOHENG_NOW": NOW.isoformat(),
    }
    application = open_application(load_settings(environ))
    yield application
    application.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    write_company(folder)
    return folder


def imported(app: Application, folder: Path, actor: Actor = HR, text: str = SOURCE) -> ImportReport:
    return import_folder(app, actor, text=text, file="sample.yaml", folder=folder)


def count(app: Application, table: Any) -> int:
    with app.database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def versions(app: Application, code: str) -> list[tuple[int, str | None, bool]]:
    """Return each version's number, amount, and whether it is the current one."""
    with app.database.read() as session:
        rows = session.execute(
            sa.select(Record, RecordVersion)
            .join(RecordVersion, RecordVersion.record_id == Record.id)
            .where(Record.kind == "order", Record.code == code)
            .order_by(RecordVersion.seq)
        )
        return [
            (version.seq, version.fields.get("amount"), version.id == record.current_version_id)
            for record, version in rows
        ]


def test_an_import_brings_organisation_and_records(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    report = imported(app, folder)
    assert report.parts == (
        Part("organisation", "teams.csv", 2, 2, 0, 0, 0),
        Part("customer", "customers.csv", 2, 2, 0, 0, 0),
        Part("product", "products.csv", 2, 2, 0, 0, 0),
        Part("order", "orders.csv", 4, 3, 0, 0, 1),
    )
    with app.database.read() as session:
        lines = session.execute(
            sa.select(Record.code, Person.code, CreditLine.share, CreditLine.role)
            .join(RecordVersion, RecordVersion.id == Record.current_version_id)
            .join(CreditLine, CreditLine.record_version_id == RecordVersion.id)
            .join(Person, Person.id == CreditLine.person_id)
            .order_by(Record.code)
        ).all()
        units = session.execute(sa.select(Unit.code, Unit.kind).order_by(Unit.id)).all()
        (aside,) = session.scalars(sa.select(QuarantinedRow)).all()
        (entry,) = session.scalars(sa.select(LogEntry)).all()
        (done,) = session.scalars(sa.select(SourceImport)).all()
    assert lines == [
        ("HT-001", "E01", Decimal(1), "owner"),
        ("HT-002", "E02", Decimal(1), "owner"),
        ("HT-003", "E01", Decimal(1), "owner"),
    ]
    assert units == [("总部", "company"), ("华东", "region"), ("M01", "team")]
    assert (aside.file, aside.line, aside.column, aside.code) == (
        "orders.csv", 5, "阶段", "row.choice",
    )  # fmt: skip
    assert aside.row["合同号"] == "HT-9"
    assert (entry.action, entry.actor, entry.subject_id) == ("import_records", "hr", done.public_id)
    assert done.rows_root is not None
    assert done.rows_root.encode() in entry.leaf
    assert [file["name"] for file in done.files] == [
        "teams.csv", "customers.csv", "products.csv", "orders.csv",
    ]  # fmt: skip


def test_the_same_files_again_change_nothing(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    tables = [Record, RecordVersion, CreditLine, SourceImport, QuarantinedRow, LogEntry, Membership]
    before = [count(app, table) for table in tables]
    report = imported(app, folder)
    assert report.import_id is None
    assert report.parts[-1] == Part("order", "orders.csv", 4, 0, 0, 3, 1)
    assert [row.line for row in report.quarantined] == [5]
    assert [count(app, table) for table in tables] == before


def test_a_changed_row_is_a_correction_and_both_versions_stay(
    app: Application, folder: Path
) -> None:
    amount = "金额（万元）"
    write_orders(folder, *SAMPLE)
    imported(app, folder)
    write_orders(folder, row(**{amount: 13}), *SAMPLE[1:])
    report = imported(app, folder)
    assert report.parts[-1] == Part("order", "orders.csv", 3, 0, 1, 2, 0)
    assert versions(app, "HT-001") == [(1, "120000", False), (2, "130000", True)]
    assert versions(app, "HT-002") == [(1, "2900", True)]
    write_orders(folder, *SAMPLE)
    imported(app, folder)
    assert versions(app, "HT-001") == [
        (1, "120000", False), (2, "130000", False), (3, "120000", True),
    ]  # fmt: skip
    assert count(app, LogEntry) == 3


def test_a_row_no_longer_quarantined_goes_in(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    write_orders(folder, *SAMPLE, row(合同号="HT-9"))
    assert imported(app, folder).parts[-1] == Part("order", "orders.csv", 4, 1, 0, 3, 0)
    assert versions(app, "HT-9") == [(1, "120000", True)]


def test_faults_of_files_write_nothing(app: Application, folder: Path) -> None:
    with pytest.raises(KaohengError, match=r"There is no file orders\.csv"):
        imported(app, folder)
    assert [count(app, table) for table in (SourceImport, Person, Record, LogEntry)] == [0] * 4


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HR])
def test_only_hr_imports(app: Application, folder: Path, role: Role) -> None:
    write_orders(folder, *SAMPLE)
    with pytest.raises(KaohengError) as refusal:
        imported(app, folder, Actor("x", (RoleHeld(role),)))
    assert refusal.value.kind is Kind.DENIED
    assert count(app, SourceImport) == 0


def test_posts_and_ranks_come_with_the_organisation(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    text = SOURCE.replace("  region: 大区\n", "  region: 大区\n  post: 岗位\n  rank: 职级\n")
    rows = [(*TEAMS[0], "岗位", "职级"), (*TEAMS[1], "大客户", "P6"), (*TEAMS[2], "", "")]

    def standing() -> list[tuple[str | None, str | None]]:
        (folder / "teams.csv").write_text(delimited(rows), encoding="utf-8")
        imported(app, folder, text=text)
        with app.database.read() as session:
            found = session.execute(sa.select(Person.post, Person.rank).order_by(Person.code))
            return [tuple(row) for row in found]

    assert standing() == [("大客户", "P6"), (None, None), (None, None)]
    rows[1] = (*TEAMS[1], "渠道", "")  # what is not said stays
    assert standing() == [("渠道", "P6"), (None, None), (None, None)]


def test_a_team_is_called_what_a_row_says_or_as_its_manager(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    text = SOURCE.replace("  region: 大区\n", "  region: 大区\n  team: 团队\n")
    rows = [(*TEAMS[0], "团队"), (*TEAMS[1], ""), (*TEAMS[2], "")]

    def called() -> list[str]:
        (folder / "teams.csv").write_text(delimited(rows), encoding="utf-8")
        imported(app, folder, text=text)
        with app.database.read() as session:
            return list(session.scalars(sa.select(Unit.name).where(Unit.kind == "team")))

    assert called() == ["M01"]
    rows[2] = (*TEAMS[2], "华东一组")
    assert called() == ["华东一组"], "a later name is a correction"


def test_somebody_who_moves_is_in_both_teams_in_turn(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    imported(app, folder)
    moved = [TEAMS[0], TEAMS[1], ("E02", "李 强", "M02", "华北")]
    (folder / "teams.csv").write_text(delimited(moved), encoding="utf-8")
    assert imported(app, folder).parts[0] == Part("organisation", "teams.csv", 2, 0, 1, 1, 0)
    with app.database.read() as session:
        rows = session.execute(
            sa.select(Unit.code, Membership.valid_from, Membership.valid_to)
            .join(Membership, Membership.unit_id == Unit.id)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.code == "E02")
            .order_by(Membership.id)
        ).all()
        name = session.scalar(sa.select(Person.name).where(Person.code == "E02"))
    today = date(2026, 1, 31)
    assert rows == [("M01", ALWAYS, today), ("M02", today, None)]
    assert name == "李 强"
    (folder / "teams.csv").write_text(delimited(TEAMS), encoding="utf-8")
    imported(app, folder)
    (folder / "teams.csv").write_text(delimited(moved), encoding="utf-8")
    imported(app, folder)
    assert imported(app, folder).import_id is None


def test_an_import_left_by_a_dead_process_is_finished_first(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    left = started(app, folder)
    report = imported(app, folder)
    assert report.import_id is None
    with app.database.read() as session:
        (done,) = session.scalars(sa.select(SourceImport)).all()
    assert (done.public_id, done.state) == (left, "done")
    assert versions(app, "HT-001") == [(1, "120000", True)]


def test_an_import_whose_files_changed_meanwhile_is_abandoned(
    app: Application, folder: Path
) -> None:
    write_orders(folder, *SAMPLE)
    left = started(app, folder)
    write_orders(folder, *SAMPLE[:2])
    report = imported(app, folder)
    assert report.parts[-1].new == 2
    with app.database.read() as session:
        states = session.execute(
            sa.select(SourceImport.public_id, SourceImport.state).order_by(SourceImport.id)
        ).all()
    assert states == [(left, "abandoned"), (report.import_id, "done")]
    assert versions(app, "HT-003") == []


def test_only_one_import_runs(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    started(app, folder)
    with pytest.raises(KaohengError, match="Another import is running"):
        started(app, folder)
    assert count(app, SourceImport) == 1


def started(app: Application, folder: Path) -> str:
    """Begin an import as a process would that dies right after."""
    source = importing.read_source(SOURCE, "sample.yaml")
    with app.database.write() as session:
        return importing.start_import(
            session, HR, NOW, text=SOURCE, file="sample.yaml", folder=folder,
            source=source, files=importing.extract(source, folder, importing.Limits()).files,
        ).import_id  # fmt: skip
