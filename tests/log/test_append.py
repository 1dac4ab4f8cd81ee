"""Appending inside transactions, one after another and many at once, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log import values
from workflows.log.append import Entry, append, checkpoint
from workflows.log.checkpoint import open_checkpoint
from workflows.log.leaf import Leaf, Subject
from workflows.log.merkle import Frontier, leaf_hash
from workflows.log.signing import verifiers
from workflows.log.snapshot import snapshot
from workflows.log.tables import LogEntry, LogValue
from workflows.log.values import Sealed, State
from workflows.log.verify import verify
from workflows.org.tables import Person

NOW = datetime(2026, 11, 21, 9, 30, 0, 123_456, tzinfo=UTC)


def note_one(database: Database, number: int = 0, **more: object) -> Entry:
    with database.write() as session:
        return append(
            session,
            action="review.move",
            actor="u-1",
            subject=Subject("review", f"r-{number}"),
            at=NOW,
            details={"to": "tracking"},
            **more,  # type: ignore[arg-type]
        )


def test_an_entry_is_stored_as_its_leaf(database: Database, keyring: Keyring) -> None:
    entries = [note_one(database, number) for number in range(3)]
    assert [entry.seq for entry in entries] == [0, 1, 2]
    with database.read() as session:
        rows = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq)).all()
    leaf = Leaf.from_bytes(rows[2].leaf)
    assert leaf == Leaf(
        2, 1_795_253_400_123_456, "review.move", "u-1", Subject("review", "r-2"),
        details={"to": "tracking"},
    )  # fmt: skip
    assert (rows[2].at, rows[2].subject_id) == (NOW, "r-2")
    tree = Frontier()
    for row in rows:
        tree = tree.append(leaf_hash(row.leaf))
    assert entries[2].root == rows[2].root == tree.root()
    with snapshot(database) as session:
        report = verify(session, keyring)
    assert (report.fault, report.size, report.root) == (None, 3, tree.root())


def test_several_entries_of_one_transaction_follow_each_other(database: Database) -> None:
    with database.write() as session:
        for number in range(3):
            append(session, action="a", actor="u", subject=Subject("k", str(number)), at=NOW)
    assert note_one(database).seq == 3


def test_a_transaction_that_fails_leaves_no_entry(database: Database, keyring: Keyring) -> None:
    def fail() -> None:
        with database.write() as session:
            session.add(Person(code="E01", name="王芳", public_id="p-1"))
            append(session, action="a", actor="u", subject=Subject("k", "i"), at=NOW)
            append(session, action="a", actor="u", subject=Subject("k", "no blank"), at=NOW)

    with pytest.raises(ValueError, match="no blank"):
        fail()
    with snapshot(database) as session:
        assert session.scalars(sa.select(Person)).all() == []
        assert verify(session, keyring).size == 0
    assert note_one(database).seq == 0


def test_the_head_is_taken_after_everything_else_is_written(database: Database) -> None:
    statements: list[str] = []
    with database.write() as session:
        sa.event.listen(
            session.connection(),
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_: statements.append(statement.split("(")[0].strip()),
        )
        session.add(Person(code="E01", name="王芳", public_id="p-1"))
        with session.no_autoflush:
            append(session, action="a", actor="u", subject=Subject("k", "i"), at=NOW)
    assert [" ".join(statement.split()[:3]) for statement in statements] == [
        "INSERT INTO person",
        "UPDATE log_head SET",
        "INSERT INTO log_entry",
        "UPDATE log_head SET",
    ]


def test_sixteen_threads_leave_no_gap(database: Database, keyring: Keyring) -> None:
    with ThreadPoolExecutor(16) as pool:
        entries = list(pool.map(lambda number: note_one(database, number), range(160)))
    assert sorted(entry.seq for entry in entries) == list(range(160))
    with snapshot(database) as session:
        report = verify(session, keyring)
    assert (report.fault, report.size) == (None, 160)


def test_the_check_is_not_disturbed_by_those_who_write(
    database: Database, keyring: Keyring
) -> None:
    note_one(database)
    with ThreadPoolExecutor(1) as pool, snapshot(database) as session:
        session.scalar(sa.select(sa.func.count()).select_from(LogEntry))
        pool.submit(note_one, database).result()
        report = verify(session, keyring)
    assert (report.fault, report.size) == (None, 1)


def test_a_personal_value_is_not_in_the_entry(database: Database, keyring: Keyring) -> None:
    note_one(database, personal={"reason": "王芳 B→A"}, person="p-7")
    with database.read() as session:
        entry = session.scalars(sa.select(LogEntry)).one()
        stored = session.scalars(sa.select(LogValue)).one()
    for text in ("王芳".encode(), b"B\xe2\x86\x92A"):
        assert text not in entry.leaf + stored.ciphertext
    sealed = Sealed(
        Leaf.from_bytes(entry.leaf).personal["reason"], stored.key_id, stored.ciphertext
    )
    assert values.unseal(keyring, "p-7", sealed, name="0/reason").value == "王芳 B→A"


def test_the_log_holds_after_a_person_is_erased(database: Database, keyring: Keyring) -> None:
    note_one(database, personal={"reason": "a"}, person="p-1")
    note_one(database, personal={"reason": "b", "grade": "c"}, person="p-2")
    values.erase(keyring, "p-2", at=NOW)
    with snapshot(database) as session:
        report = verify(session, keyring)
    assert report.fault is None
    assert report.values == {State.READABLE: 1, State.ERASED: 2}


def test_a_checkpoint_is_given_once_for_a_size(database: Database, keyring: Keyring) -> None:
    def give() -> str:
        with database.write() as session:
            return checkpoint(session, at=NOW)

    with pytest.raises(KaohengError, match="no entry yet"):
        give()
    entry = note_one(database)
    first, again = give(), give()
    assert first == again
    opened = open_checkpoint(first, verifiers(keyring))
    assert (opened.origin, opened.size, opened.root) == ("kaoheng.local/log", 1, entry.root)


@pytest.mark.parametrize("table", ["log_entry", "log_value", "log_checkpoint"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_the_database_itself_refuses_changes(
    database: Database, table: str, statement: str
) -> None:
    note_one(database, personal={"reason": "a"})
    with database.write() as session:
        checkpoint(session, at=NOW)
    column = "size" if table == "log_checkpoint" else "seq"
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        database.write_engine.begin() as connection,
    ):
        connection.exec_driver_sql(statement.format(table, column, column))
