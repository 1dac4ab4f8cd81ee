"""Quarantined rows mended in place: read by the same rules, taken in once, the original kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from engine.errors import KaohengError, Kind
from tests.sources.sample import SAMPLE, SOURCE, TEAMS, delimited, row, write_company, write_orders
from tests.sources.test_imports import HR, NOW, count, imported, started, versions
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.application import Application, open_application
from workflows.base.settings import load_settings
from workflows.log.tables import LogEntry
from workflows.org.tables import Membership, Person, Unit
from workflows.sources.mending import mend_row, set_row_aside
from workflows.sources.tables import QuarantinedRow, QuarantineMend, SourceImport

TODAY = date(2026, 1, 31)


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


def aside(app: Application, code: str | None = None) -> QuarantinedRow:
    with app.database.read() as session:
        rows = sa.select(QuarantinedRow).order_by(QuarantinedRow.id)
        found = session.scalars(rows if code is None else rows.where(QuarantinedRow.code == code))
        return found.first()  # type: ignore[return-value]


def mend(
    app: Application, which: QuarantinedRow, actor: Actor = HR, **changes: str
) -> SourceImport:
    with app.database.write() as session:
        row = session.get_one(QuarantinedRow, which.id)
        cells = {**row.row, **changes}
        return mend_row(session, actor, NOW, row, cells=cells, today=TODAY)


def refused(*codes: str):  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError, check=lambda error: tuple(f.code for f in error.faults) == codes
    )


def test_a_mended_row_is_taken_in_by_an_import_of_its_own(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?", 签约日期="?"))
    report = imported(app, folder)
    which = aside(app)
    brought = mend(app, which, 阶段="赢单", 签约日期="2017-12-31")
    assert versions(app, "HT-9") == [(1, "120000", True)]
    with app.database.read() as session:
        (kept,) = session.scalars(sa.select(QuarantineMend)).all()
        entry = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        lines = session.scalars(sa.select(QuarantinedRow)).all()
        assert [line.mend.id for line in lines if line.mend] == [kept.id, kept.id]  # two reasons
    assert (kept.outcome, kept.row["阶段"], kept.brought_id) == ("taken_in", "赢单", brought.id)
    assert lines[0].row["阶段"] == "?"
    assert (brought.state, brought.counts["order"]["new"]) == ("done", 1)
    assert entry is not None
    assert (entry.action, entry.subject_id) == ("mend_row", brought.public_id)
    assert report.import_id is not None
    assert report.import_id.encode() in entry.leaf
    assert brought.rows_root is not None
    assert brought.rows_root.encode() in entry.leaf


def test_the_same_files_after_a_mend_still_change_nothing(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    mend(app, aside(app), 阶段="赢单")
    assert imported(app, folder).import_id is None


def test_a_mend_of_a_known_record_is_a_correction(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE)
    imported(app, folder)
    write_orders(folder, row(**{"金额（万元）": "很多"}), *SAMPLE[1:])
    imported(app, folder)
    brought = mend(app, aside(app), **{"金额（万元）": "13"})
    assert brought.counts["order"] == {"new": 0, "corrected": 1, "unchanged": 0}
    assert versions(app, "HT-001") == [(1, "120000", False), (2, "130000", True)]


def test_what_is_still_wrong_is_told_by_column_and_writes_nothing(
    app: Application, folder: Path
) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    before = [count(app, table) for table in (SourceImport, LogEntry, QuarantineMend)]
    with pytest.raises(KaohengError) as error:
        mend(app, aside(app), 阶段="赢", 业务员="E99", **{"金额（万元）": "x"})
    assert {fault.place.path: fault.code for fault in error.value.faults} == {
        "业务员": "row.unknown_person",
        "金额（万元）": "row.number",
        "阶段": "row.choice",
    }
    assert [count(app, table) for table in (SourceImport, LogEntry, QuarantineMend)] == before


@pytest.mark.parametrize(
    ("code", "fault"),
    [("HT-001", "row.duplicate"), ("HT-002", "mend.code_taken"), ("HT-009", None)],
)
def test_a_mend_never_overwrites_another_row(
    app: Application, folder: Path, code: str, fault: str | None
) -> None:
    write_orders(folder, *SAMPLE, row(客户="中粮"))
    imported(app, folder)
    if fault is None:
        mend(app, aside(app), 合同号=code)
        assert versions(app, code) == [(1, "120000", True)]
    else:
        with refused(fault):
            mend(app, aside(app), 合同号=code)
    assert versions(app, "HT-001") == [(1, "120000", True)]


def test_a_row_is_decided_on_once(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    which = aside(app)
    mend(app, which, 阶段="赢单")
    with refused("mend.was_first") as error:
        mend(app, which, 阶段="丢单")
    assert error.value.kind is Kind.CONFLICT
    with app.database.write() as session, refused("mend.was_first"):
        set_row_aside(session, HR, NOW, session.get_one(QuarantinedRow, which.id), reason="重复")
    assert len(versions(app, "HT-9")) == 1


def test_a_row_is_set_aside_for_good_with_a_reason(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    which = aside(app)
    with app.database.write() as session, refused("mend.reason_needed"):
        set_row_aside(session, HR, NOW, session.get_one(QuarantinedRow, which.id), reason="  ")
    with app.database.write() as session:
        there = session.get_one(QuarantinedRow, which.id)
        set_row_aside(session, HR, NOW, there, reason="测试数据")
    with app.database.read() as session:
        (kept,) = session.scalars(sa.select(QuarantineMend)).all()
        entry = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
    assert (kept.outcome, kept.reason, kept.brought_id) == ("set_aside", "测试数据", None)
    assert entry is not None
    assert entry.action == "set_row_aside"
    with refused("mend.was_first"):
        mend(app, which, 阶段="赢单")
    with pytest.raises(DBAPIError, match="append-only"), app.database.write() as session:
        session.execute(sa.delete(QuarantineMend))


def test_a_row_of_the_organisation_brings_a_person_and_moves_no_team(
    app: Application, folder: Path
) -> None:
    write_orders(folder, *SAMPLE)
    teams: list[Any] = [*TEAMS, ("E03", "", "M01", "华东")]
    (folder / "teams.csv").write_text(delimited(teams), encoding="utf-8")
    imported(app, folder)
    with refused("mend.other_region"):
        mend(app, aside(app), 姓名="赵敏", 大区="华北")
    mend(app, aside(app), 姓名="赵敏")
    with app.database.read() as session:
        placed = session.execute(
            sa.select(Person.name, Unit.code)
            .join(Membership, Membership.person_id == Person.id)
            .join(Unit, Unit.id == Membership.unit_id)
            .where(Person.code == "E03")
        ).all()
    assert placed == [("赵敏", "M01")]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HR])
def test_only_hr_mends(app: Application, folder: Path, role: Role) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    with refused("access.denied"):
        mend(app, aside(app), Actor("x", (RoleHeld(role),)), 阶段="赢单")


def test_nothing_is_mended_while_an_import_runs(app: Application, folder: Path) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder)
    write_orders(folder, *SAMPLE[:1])
    started(app, folder)
    with refused("import.running"):
        mend(app, aside(app), 阶段="赢单")


def test_rows_of_imports_that_kept_no_source_are_read_by_the_shipped_one(
    app: Application, folder: Path
) -> None:
    write_orders(folder, *SAMPLE, row(合同号="HT-9", 阶段="?"))
    imported(app, folder, text=SOURCE)
    with app.database.write() as session:
        session.execute(sa.update(SourceImport).values(source_text=None))
    with refused("source.unknown"):  # “sample” is none of the shipped ones
        mend(app, aside(app), 阶段="赢单")
