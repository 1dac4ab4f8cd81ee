"""Each way of tampering, done to the tables by someone who can write them all but has no key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from workflows.backup.unguarded import unguarded
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.log.append import append, checkpoint, head_note
from workflows.log.leaf import Leaf, Subject
from workflows.log.merkle import Frontier, leaf_hash
from workflows.log.snapshot import snapshot
from workflows.log.tables import LogCheckpoint, LogEntry, LogHead, LogValue
from workflows.log.verify import Report, verify

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SIZE = 9
ENTRY, VALUE = sa.inspect(LogEntry).local_table, sa.inspect(LogValue).local_table
HEAD, CHECKPOINT = sa.inspect(LogHead).local_table, sa.inspect(LogCheckpoint).local_table


@pytest.fixture
def history(database: Database) -> Database:
    """Nine entries, each with a personal value, and a checkpoint after the sixth."""
    for number in range(SIZE):
        with database.write() as session:
            append(
                session,
                action="review.grade",
                actor="u-1",
                subject=Subject("review", f"r-{number}"),
                at=NOW,
                personal={"reason": f"because {number}"},
                person="p-1",
            )
            if number == 5:
                checkpoint(session, at=NOW)
    return database


def check(database: Database, keyring: Keyring, *held: str) -> Report:
    with snapshot(database) as session:
        return verify(session, keyring, held)


def load(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(sa.select(ENTRY).order_by(ENTRY.c.seq))
    return [dict(row._mapping) for row in rows]


def store(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write the entries anew with numbers, leaves, roots and head made to agree."""
    values = [dict(r._mapping) for r in connection.execute(sa.select(VALUE))]
    connection.execute(sa.delete(VALUE))
    connection.execute(sa.delete(ENTRY))
    tree = Frontier()
    for seq, row in enumerate(rows):
        leaf = replace(Leaf.from_bytes(row["leaf"]), sequence=seq)
        tree = tree.append(leaf_hash(leaf.to_bytes()))
        agreed = {**row, **leaf.columns(), "leaf": leaf.to_bytes(), "root": tree.root()}
        connection.execute(sa.insert(ENTRY).values(**agreed))
    connection.execute(sa.insert(VALUE), [value for value in values if value["seq"] < len(rows)])
    connection.execute(
        sa.update(HEAD).values(size=tree.size, root=tree.root(), frontier=tree.to_bytes())
    )


def change_a_leaf(connection: Connection) -> None:
    leaf = load(connection)[4]["leaf"].replace(b"r-4", b"r-5")
    connection.execute(sa.update(ENTRY).where(ENTRY.c.seq == 4).values(leaf=leaf, subject_id="r-5"))


def change_a_column(connection: Connection) -> None:
    connection.execute(sa.update(ENTRY).where(ENTRY.c.seq == 4).values(actor="u-2"))


def change_the_time(connection: Connection) -> None:
    connection.execute(
        sa.update(ENTRY).where(ENTRY.c.seq == 4).values(at=datetime(2026, 11, 20, tzinfo=UTC))
    )


def change_a_root(connection: Connection) -> None:
    connection.execute(sa.update(ENTRY).where(ENTRY.c.seq == 4).values(root=bytes(32)))


def change_a_signature(connection: Connection) -> None:
    signature = load(connection)[3]["signature"]
    connection.execute(sa.update(ENTRY).where(ENTRY.c.seq == 4).values(signature=signature))


def sign_with_another_key(connection: Connection) -> None:
    connection.execute(sa.update(ENTRY).where(ENTRY.c.seq == 4).values(signature=bytes(68)))


def cut_a_signature(connection: Connection) -> None:
    connection.execute(sa.update(ENTRY).where(ENTRY.c.seq == 4).values(signature=b""))


def leave_one_out(connection: Connection) -> None:
    connection.execute(sa.delete(VALUE).where(VALUE.c.seq == 4))
    connection.execute(sa.delete(ENTRY).where(ENTRY.c.seq == 4))


def leave_one_out_and_renumber(connection: Connection) -> None:
    rows = load(connection)
    store(connection, rows[:4] + rows[5:])


def put_one_in(connection: Connection) -> None:
    rows = load(connection)
    store(connection, [*rows[:4], rows[0], *rows[4:]])


def exchange_two(connection: Connection) -> None:
    rows = load(connection)
    first, second = (dict(rows[i]) for i in (4, 5))
    for row, seq in ((first, -1), (second, 4), (first, 5)):
        was = row["seq"]
        connection.execute(sa.delete(VALUE).where(VALUE.c.seq == was))
        connection.execute(sa.update(ENTRY).where(ENTRY.c.seq == was).values(seq=seq))
        row["seq"] = seq


def rewrite_everything_after(connection: Connection) -> None:
    rows = load(connection)
    leaf = replace(Leaf.from_bytes(rows[4]["leaf"]), actor="u-2")
    rows[4]["leaf"] = leaf.to_bytes()
    store(connection, rows)


def cut_the_end(connection: Connection) -> None:
    connection.execute(sa.delete(VALUE).where(VALUE.c.seq >= 4))
    connection.execute(sa.delete(ENTRY).where(ENTRY.c.seq >= 4))


def roll_back_before_the_checkpoint(connection: Connection) -> None:
    store(connection, load(connection)[:4])


def set_the_head_back(connection: Connection) -> None:
    row = load(connection)[3]
    tree = Frontier()
    for entry in load(connection)[:4]:
        tree = tree.append(leaf_hash(entry["leaf"]))
    connection.execute(sa.update(HEAD).values(size=4, root=row["root"], frontier=tree.to_bytes()))


def take_the_head_away(connection: Connection) -> None:
    connection.execute(sa.delete(HEAD))


def change_the_head(connection: Connection) -> None:
    connection.execute(sa.update(HEAD).values(root=bytes(32)))


def forge_the_checkpoint(connection: Connection) -> None:
    note = connection.scalar(sa.select(CHECKPOINT.c.note))
    assert note is not None
    lines = note.split("\n")
    lines[2] = lines[2][:10] + ("A" if lines[2][10] != "A" else "B") + lines[2][11:]
    connection.execute(sa.update(CHECKPOINT).values(note="\n".join(lines)))


def use_the_checkpoint_for_another_size(connection: Connection) -> None:
    connection.execute(sa.update(CHECKPOINT).values(size=5))


def change_a_value(connection: Connection) -> None:
    other = connection.scalar(sa.select(VALUE.c.ciphertext).where(VALUE.c.seq == 3))
    connection.execute(sa.update(VALUE).where(VALUE.c.seq == 4).values(ciphertext=other))


def take_a_value_away(connection: Connection) -> None:
    connection.execute(sa.delete(VALUE).where(VALUE.c.seq == 4))


def add_a_value(connection: Connection) -> None:
    row = connection.execute(sa.select(VALUE).where(VALUE.c.seq == 4)).one()
    connection.execute(sa.insert(VALUE).values({**row._mapping, "name": "another"}))


@dataclass(frozen=True)
class Tampering:
    do: Callable[[Connection], None]
    entry: int
    code: str


CASES = [
    Tampering(change_a_leaf, 4, "log.changed"),
    Tampering(change_a_column, 4, "log.changed"),
    Tampering(change_the_time, 4, "log.changed"),
    Tampering(change_a_root, 4, "log.changed"),
    Tampering(change_a_signature, 4, "log.not_signed"),
    Tampering(sign_with_another_key, 4, "log.unknown_key"),
    Tampering(cut_a_signature, 4, "log.not_signed"),
    Tampering(leave_one_out, 4, "log.missing"),
    Tampering(leave_one_out_and_renumber, 4, "log.not_signed"),
    Tampering(put_one_in, 4, "log.not_signed"),
    Tampering(exchange_two, 4, "log.moved"),
    Tampering(rewrite_everything_after, 4, "log.not_signed"),
    Tampering(cut_the_end, 4, "log.missing"),
    Tampering(roll_back_before_the_checkpoint, 4, "log.rolled_back"),
    Tampering(set_the_head_back, 4, "log.head_back"),
    Tampering(take_the_head_away, 0, "log.head_back"),
    Tampering(change_the_head, 8, "log.head_changed"),
    Tampering(forge_the_checkpoint, 5, "log.checkpoint_forged"),
    Tampering(use_the_checkpoint_for_another_size, 4, "log.checkpoint_differs"),
    Tampering(change_a_value, 4, "log.changed"),
    Tampering(take_a_value_away, 4, "log.changed"),
    Tampering(add_a_value, 4, "log.changed"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.do.__name__)
def test_the_first_entry_that_does_not_fit_is_named(
    history: Database, keyring: Keyring, case: Tampering
) -> None:
    assert check(history, keyring).fault is None
    with history.write_engine.begin() as connection, unguarded(connection):
        case.do(connection)
    report = check(history, keyring)
    assert report.fault is not None
    assert (report.entry, report.fault.code) == (case.entry, case.code)


def test_a_history_that_was_cut_whole_is_shown_by_a_checkpoint_kept_elsewhere(
    history: Database, keyring: Keyring
) -> None:
    with snapshot(history) as session:
        kept = head_note(session)
    with history.write_engine.begin() as connection, unguarded(connection):
        connection.execute(sa.delete(CHECKPOINT))
        store(connection, load(connection)[:4])
    assert check(history, keyring).fault is None
    report = check(history, keyring, kept)
    assert report.fault is not None
    assert (report.entry, report.fault.code) == (4, "log.rolled_back")


def test_without_its_keys_the_log_is_not_taken_on_trust(history: Database, tmp_path: Any) -> None:
    report = check(history, Keyring(tmp_path / "others"))
    assert report.fault is not None
    assert (report.entry, report.fault.code) == (0, "log.unknown_key")


def test_checking_writes_nothing(history: Database, keyring: Keyring) -> None:
    with history.read() as session:
        before = [session.execute(sa.select(t)).all() for t in (ENTRY, HEAD, VALUE, CHECKPOINT)]
    assert check(history, keyring).checkpoints == 1
    with history.read() as session:
        after = [session.execute(sa.select(t)).all() for t in (ENTRY, HEAD, VALUE, CHECKPOINT)]
    assert before == after
