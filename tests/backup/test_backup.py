"""A backup goes into either database and comes out the same; a damaged one goes nowhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from engine.errors import KaohengError
from workflows.backup.operations import backup, restore
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log.append import append, checkpoint
from workflows.log.note import Signer
from workflows.log.signing import own_verifier, signer, verifiers
from workflows.log.snapshot import snapshot
from workflows.log.verify import verify
from workflows.org.tables import Membership, Person, Unit
from workflows.schema import metadata
from workflows.sources.tables import CreditLine, Record, RecordVersion, SourceImport

NOW = datetime(2026, 11, 21, 8, 0, 0, 1, tzinfo=UTC)
ENGINES = ["sqlite", "postgresql"]


@pytest.fixture
def source(database: Database) -> Database:
    """A little of every kind of column, and a unit whose parent has a higher id than it."""
    with database.write() as session:
        session.add(Unit(id=2, code="gz", name="广州", kind="company"))
        session.flush()
        session.add(Unit(id=1, code="hq", name="总部", kind="region", parent_id=2))
        person = Person(id=7, code="E07", name="王芳\n\u2028", public_id="p-7")
        session.add(person)
        session.flush()
        session.add(Membership(person_id=7, unit_id=1, role="member", valid_from=date(2026, 1, 1)))
        run = SourceImport(
            id=1, public_id="i-1", source="crm", state="done", started_at=NOW,
            files=[{"name": "销售.csv", "rows": 2**60}], counts={"b": None, "a": True},
        )  # fmt: skip
        record = Record(id=3, kind="deal", code="D-1", source="crm")
        session.add_all([run, record])
        session.flush()
        session.add(
            RecordVersion(id=4, record_id=3, seq=1, import_id=1, digest="x", fields={"额": "1.1"})
        )
        session.flush()
        share = Decimal("0.3333333333")
        session.add(CreditLine(record_version_id=4, person_id=7, role="owner", share=share))
        append(
            session, action="import", actor="u-1", subject=("import", "i-1"), at=NOW,
            personal={"file": "销售.csv"}, person="p-7",
        )  # fmt: skip
        checkpoint(session, at=NOW)
    return database


@pytest.fixture(params=ENGINES)
def target(
    request: pytest.FixtureRequest, new_url: Callable[[str], URL], keyring: Keyring
) -> Iterator[Database]:
    database = Database(new_url(request.param), keyring)
    yield database
    database.close()


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(sa.select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write the archive again, valid as a ZIP, with its members changed."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_a_backup_restores_into_either_database(
    source: Database, target: Database, keyring: Keyring, tmp_path: Path
) -> None:
    made = backup(source, keyring, tmp_path / "b.zip", at=NOW)
    assert restore(target, keyring, tmp_path / "b.zip") == made
    assert everything(target) == everything(source)
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    with snapshot(target) as session:
        report = verify(session, keyring)
    assert (report.fault, report.size) == (None, 1)


def test_work_goes_on_after_a_restore(
    source: Database, target: Database, keyring: Keyring, tmp_path: Path
) -> None:
    backup(source, keyring, tmp_path / "b.zip", at=NOW)
    restore(target, keyring, tmp_path / "b.zip")
    with target.write() as session:
        session.add(Person(code="E08", name="李雷", public_id="p-8"))
        append(session, action="a", actor="u", subject=("person", "p-8"), at=NOW)
    with target.read() as session:
        assert session.scalar(sa.select(Person.id).where(Person.code == "E08")) == 8
    orphan = Membership(person_id=99, unit_id=1, role="member", valid_from=date(2026, 1, 1))

    def leave_an_orphan() -> None:
        with target.write() as session:
            session.add(orphan)
            session.flush()

    with pytest.raises(sa.exc.IntegrityError):
        leave_an_orphan()
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        target.write_engine.begin() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM log_value")


def test_a_database_with_something_in_it_is_given_up_only_when_told(
    source: Database, target: Database, keyring: Keyring, tmp_path: Path
) -> None:
    backup(source, keyring, tmp_path / "b.zip", at=NOW)
    with target.write() as session:
        session.add(Person(code="X", name="x", public_id="x"))
        append(session, action="a", actor="u", subject=("person", "x"), at=NOW)
    before = everything(target)
    with pytest.raises(KaohengError, match="not empty") as refused:
        restore(target, keyring, tmp_path / "b.zip")
    assert refused.value.kind == "conflict"
    assert everything(target) == before
    restore(target, keyring, tmp_path / "b.zip", replace=True)
    assert everything(target) == everything(source)


def test_a_home_without_keys_learns_the_public_one(
    source: Database, keyring: Keyring, new_url: Callable[[str], URL], tmp_path: Path
) -> None:
    backup(source, keyring, tmp_path / "b.zip", at=NOW)
    elsewhere = Keyring(tmp_path / "elsewhere")
    database = Database(new_url("sqlite"), elsewhere)
    restore(database, elsewhere, tmp_path / "b.zip")
    assert verifiers(elsewhere) == (own_verifier(keyring),)
    with snapshot(database) as session:
        report = verify(session, elsewhere)
    database.close()
    assert (report.fault, report.values) == (None, {"lost": 1})


def test_another_homes_backup_needs_its_key(
    source: Database, keyring: Keyring, new_url: Callable[[str], URL], tmp_path: Path
) -> None:
    backup(source, keyring, tmp_path / "b.zip", at=NOW)
    elsewhere = Keyring(tmp_path / "elsewhere")
    signer(elsewhere)
    database = Database(new_url("sqlite"), elsewhere)
    with pytest.raises(KaohengError, match="not trusted here"):
        restore(database, elsewhere, tmp_path / "b.zip")
    assert everything(database)["person"] == []
    known = own_verifier(keyring)
    assert known is not None
    restore(database, elsewhere, tmp_path / "b.zip", also_trust=(known,))
    assert everything(database) == everything(source)
    database.close()


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)


def change_a_row(path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["tables/person.jsonl"] = members["tables/person.jsonl"].replace(b"E07", b"E77")

    rewrite(path, change)


def change_a_row_and_the_manifest(path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        manifest["tables"]["person"] = manifest["tables"]["unit"]
        members["tables/person.jsonl"] = members["tables/unit.jsonl"]
        members["manifest.json"] = json.dumps(manifest).encode()

    rewrite(path, change)


def sign_with_another_key(path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.note"] = (
            members["manifest.note"].split(b"\n\n")[0]
            + b"\n\n"
            + str(Signer.generate("x").sign("x")).encode()
        )

    rewrite(path, change)


def leave_a_table_out(path: Path) -> None:
    rewrite(path, lambda members: members.__delitem__("tables/unit.jsonl"))


def leave_the_manifest_out(path: Path) -> None:
    rewrite(path, lambda members: members.__delitem__("manifest.json"))


def be_something_else(path: Path) -> None:
    path.write_text("not a backup")


def be_gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    "damage",
    [
        cut_off,
        flip_a_bit,
        change_a_row,
        change_a_row_and_the_manifest,
        sign_with_another_key,
        leave_a_table_out,
        leave_the_manifest_out,
        be_something_else,
        be_gone,
    ],
)
def test_a_damaged_file_is_refused_and_nothing_written(
    source: Database, keyring: Keyring, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "b.zip"
    backup(source, keyring, path, at=NOW)
    before = everything(source)
    damage(path)
    with pytest.raises(KaohengError) as refused:
        restore(source, keyring, path, replace=True)
    assert refused.value.faults[0].code in {
        "backup.damaged",
        "backup.unreadable",
        "log.malformed_note",
    }
    assert everything(source) == before


def test_a_log_that_does_not_hold_is_not_restored(
    source: Database, keyring: Keyring, new_url: Callable[[str], URL], tmp_path: Path
) -> None:
    with source.write_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE log_head SET size = 0")
    backup(source, keyring, tmp_path / "b.zip", at=NOW)
    target = Database(new_url("sqlite"), keyring)
    with pytest.raises(KaohengError, match="set back"):
        restore(target, keyring, tmp_path / "b.zip")
    assert everything(target)["person"] == []
    target.close()


def test_another_schema_is_named(
    source: Database, keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(source, keyring, tmp_path / "b.zip", at=NOW)
    before = everything(source)
    monkeypatch.setattr("workflows.backup.operations.head", lambda: "9999")
    with pytest.raises(KaohengError, match="this program needs 9999"):
        restore(source, keyring, tmp_path / "b.zip", replace=True)
    with pytest.raises(KaohengError, match="Start the service once"):
        backup(source, keyring, tmp_path / "c.zip", at=NOW)
    assert everything(source) == before
    assert not (tmp_path / "c.zip").exists()


def test_a_file_is_never_written_over(source: Database, keyring: Keyring, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_text("precious")
    with pytest.raises(KaohengError, match="a file already"):
        backup(source, keyring, path, at=NOW)
    with pytest.raises(KaohengError, match="cannot be opened"):
        backup(source, keyring, tmp_path / "no" / "b.zip", at=NOW)
    assert path.read_text() == "precious"
    assert not list(tmp_path.glob(".b.zip*"))


def test_neither_keys_nor_personal_values_are_in_the_file(
    source: Database, keyring: Keyring, tmp_path: Path
) -> None:
    backup(source, keyring, tmp_path / "b.zip", at=NOW)
    with ZipFile(tmp_path / "b.zip") as archive:
        names = set(archive.namelist())
        logged = archive.read("tables/log_entry.jsonl") + archive.read("tables/log_value.jsonl")
    assert names == {f"tables/{name}.jsonl" for name in metadata.tables} | {
        "manifest.json",
        "manifest.note",
    }
    assert "销售".encode() not in logged
