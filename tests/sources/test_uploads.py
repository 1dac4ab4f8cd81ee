"""Files that a browser sends: their names, their sizes, their folder, and the job's progress."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from engine.errors import KaohengError, Kind
from tests.sources import sample
from tests.sources.test_imports import HR, NOW, count
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.application import Application, open_application
from workflows.base.settings import load_settings
from workflows.jobs.service import Jobs
from workflows.log.tables import LogEntry
from workflows.sources import importing, shipped
from workflows.sources.importing import Started
from workflows.sources.tables import QuarantinedRow, SourceImport
from workflows.sources.uploads import Sent, import_upload, remove_orphans, uploads_folder

MOST = 2_000


@pytest.fixture
def app(
    database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "sample.yaml").write_text(sample.SOURCE, encoding="utf-8")
    monkeypatch.setattr(shipped, "SHIPPED", sources)
    environ = {
        "KAOHENG_HOME": str(tmp_path / "home"),
        "KAOHENG_DATABASE_URL": database_url.render_as_string(hide_password=False),
        "KAOHENG_NOW": NOW.isoformat(),
        "KAOHENG_MAX_FILE_BYTES": str(MOST),
    }
    application = open_application(load_settings(environ))
    yield application
    application.close()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    folder = tmp_path / "export"
    folder.mkdir()
    sample.write_company(folder)
    sample.write_orders(folder, *sample.SAMPLE, sample.row(合同号="HT-9", 阶段="?"))
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def upload(app: Application, files: dict[str, bytes], actor: Actor = HR) -> Started:
    sent = [Sent(name, io.BytesIO(content)) for name, content in files.items()]
    return import_upload(app.database, app.settings, actor, NOW, source_name="sample", sent=sent)


def left(app: Application) -> list[str]:
    """Return what stands in the folder of uploads."""
    folder = uploads_folder(app.settings)
    return [each.name for each in folder.iterdir()] if folder.is_dir() else []


def the_import(app: Application, public_id: str) -> SourceImport:
    with app.database.read() as session:
        return session.scalars(
            sa.select(SourceImport).where(SourceImport.public_id == public_id)
        ).one()


def finish(app: Application, started: Started) -> SourceImport:
    Jobs(app.settings, app.database).finish(started.job_id)
    return the_import(app, started.import_id)


def test_an_upload_is_imported_by_a_job_and_its_files_are_removed(
    app: Application, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    started = upload(app, files)
    folder = uploads_folder(app.settings) / started.import_id
    assert sorted(each.name for each in folder.iterdir()) == sorted(files)
    assert {each.stat().st_mode & 0o777 for each in (folder, *folder.iterdir())} == {0o700, 0o600}
    assert the_import(app, started.import_id).state == "running"
    done = finish(app, started)
    assert (done.state, done.rows_total, done.rows_done) == ("done", 8, 8)
    assert done.parts is not None
    orders = done.parts[-1]
    assert (orders["name"], orders["read"], orders["new"], orders["quarantined"]) == (
        "order", 4, 3, 1,
    )  # fmt: skip
    assert left(app) == []


def test_the_same_files_again_end_as_unchanged(app: Application, files: dict[str, bytes]) -> None:
    finish(app, upload(app, files))
    before = [count(app, table) for table in (LogEntry, QuarantinedRow)]
    again = finish(app, upload(app, files))
    assert again.state == "unchanged"
    assert again.parts is not None
    assert again.parts[-1]["unchanged"] == 3
    assert [count(app, table) for table in (LogEntry, QuarantinedRow)] == before
    assert left(app) == []


def test_all_that_is_wrong_with_the_files_is_told_at_once_and_nothing_is_kept(
    app: Application, files: dict[str, bytes]
) -> None:
    files["teams.csv"] = files["teams.csv"].replace("大区".encode(), "区域".encode())
    files["products.csv"] = files["products.csv"].decode().encode("utf-16")
    files["orders.csv"] += b" " * MOST
    files["../../evil.csv"] = b"x"
    del files["customers.csv"]
    with pytest.raises(KaohengError) as error:
        upload(app, files)
    assert {(fault.place.file, fault.code) for fault in error.value.faults} == {
        ("teams.csv", "source.column_missing"),
        ("products.csv", "source.encoding"),
        ("orders.csv", "source.file_too_large"),
        ("customers.csv", "upload.file_missing"),
        ("evil.csv", "upload.unknown_file"),
    }
    assert left(app) == []
    assert count(app, SourceImport) == 0


def test_a_path_from_the_client_only_says_which_file_it_is(
    app: Application, files: dict[str, bytes]
) -> None:
    odd = {"C:\\Users\\hr\\TEAMS.csv": files.pop("teams.csv"), **files}
    started = upload(app, odd)
    assert sorted(files) == [
        name
        for name in sorted(path.name for path in uploads_folder(app.settings).rglob("*.csv"))
        if name != "teams.csv"
    ]
    assert finish(app, started).state == "done"


def test_a_second_upload_is_refused_while_one_runs(
    app: Application, files: dict[str, bytes]
) -> None:
    first = upload(app, files)
    with pytest.raises(KaohengError, match="Another import is running") as error:
        upload(app, files)
    assert error.value.kind is Kind.CONFLICT
    assert left(app) == [first.import_id]


def test_an_import_whose_job_died_gives_way_to_the_next(
    app: Application, files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = upload(app, files)
    folder = uploads_folder(app.settings) / started.import_id
    (folder / "orders.csv").write_bytes(files["orders.csv"].replace(b"HT-9", b"HT-8"))
    with pytest.raises(KaohengError, match="not those that the import began with"):
        finish(app, started)
    abandoned = the_import(app, started.import_id)
    assert abandoned.state == "abandoned"
    assert abandoned.faults
    assert "began with" in abandoned.faults[0]["message"]
    assert left(app) == []
    monkeypatch.setattr(importing, "write_records", _crash)
    crashed = upload(app, files)
    with pytest.raises(KaohengError):
        finish(app, crashed)
    assert the_import(app, crashed.import_id).state == "running"
    monkeypatch.undo()
    monkeypatch.setattr(shipped, "SHIPPED", _sources(app))
    assert finish(app, upload(app, files)).state == "done"
    assert the_import(app, crashed.import_id).state == "abandoned"


def test_orphans_are_removed_and_a_running_import_keeps_its_files(
    app: Application, files: dict[str, bytes]
) -> None:
    started = upload(app, files)
    (uploads_folder(app.settings) / "orphan").mkdir()
    remove_orphans(app.database, app.settings)
    assert left(app) == [started.import_id]


@pytest.mark.parametrize("name", ["../sources/sample", "/etc/passwd", "none", ""])
def test_a_client_names_no_path_of_a_source(app: Application, name: str) -> None:
    with pytest.raises(KaohengError) as error:
        import_upload(app.database, app.settings, HR, NOW, source_name=name, sent=[])
    assert error.value.faults[0].code == "source.unknown"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.HR])
def test_only_hr_uploads(app: Application, files: dict[str, bytes], role: Role) -> None:
    with pytest.raises(KaohengError) as error:
        upload(app, files, Actor("x", (RoleHeld(role),)))
    assert error.value.kind is Kind.DENIED
    assert left(app) == []


def _crash(*_: object) -> None:
    raise ZeroDivisionError


def _sources(app: Application) -> Path:
    return app.settings.home.parent / "sources"
