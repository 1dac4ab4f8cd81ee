"""A job: enqueued with its transaction, run once, its result and its refusal given back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind, Place
from tests.workflows.jobs import tally
from workflows.base.database import Database
from workflows.base.settings import load_settings
from workflows.jobs.queue import JobState, enqueue, health, status, wait
from workflows.jobs.service import Jobs


@pytest.fixture
def queue_only(database: Database) -> Database:
    """A database with the queue and the tests' table, and nobody who works on it."""
    with database.write() as session:
        session.execute(tally.CREATE)
    return database


@pytest.fixture
def jobs(queue_only: Database, tmp_path: Path) -> Iterator[Jobs]:
    jobs = Jobs(load_settings({"KAOHENG_HOME": str(tmp_path)}), queue_only)
    with jobs.working():
        yield jobs


def test_a_job_gives_its_result_and_leaves_each_mark_once(jobs: Jobs, database: Database) -> None:
    assert jobs.run(tally.batches, 4, 0, key="a") == [0, 1, 2, 3]
    assert tally.marks(database) == [("test.batches:a", n, n) for n in range(4)]
    assert status(database, "test.batches:a") is JobState.DONE


def test_the_same_key_is_the_same_job(jobs: Jobs, database: Database) -> None:
    assert jobs.run(tally.batches, 2, 0, key="a") == [0, 1]
    assert jobs.run(tally.batches, 2, 0, key="a") == [0, 1]
    with database.write() as session:
        ids = {enqueue(session, tally.batches, 3, 0, key="b") for _ in range(3)}
    assert [wait(database, job_id, timeout=10) for job_id in ids] == [[0, 1, 2]]
    assert len(tally.marks(database)) == 5


def test_a_job_exists_only_with_the_transaction_that_asked_for_it(
    jobs: Jobs, database: Database
) -> None:
    def ask_and_fail() -> None:
        with database.write() as session:
            enqueue(session, tally.batches, 2, 0, key="a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    with pytest.raises(KaohengError) as refusal:
        status(database, "test.batches:a")
    assert refusal.value.kind is Kind.MISSING
    assert jobs.run(tally.batches, 1, 0, key="later") == [0]
    assert tally.marks(database) == [("test.batches:later", 0, 0)]


def test_a_refusal_comes_back_whole(
    jobs: Jobs, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(KaohengError) as refusal:
        jobs.run(tally.refused, Decimal("1.50"), key="a")
    (fault,) = refusal.value.faults
    assert refusal.value.kind is Kind.CONFLICT
    assert str(fault) == "a.csv:3: 1.50 is too much. Ask for less."
    assert fault.place == Place(file="a.csv", line=3)
    assert fault.params == {"amount": Decimal("1.50")}
    assert status(database, "test.refused:a") is JobState.FAILED
    assert caplog.records == []  # an answer, not an error of the service


def test_a_refused_step_leaves_nothing(jobs: Jobs, database: Database) -> None:
    with pytest.raises(KaohengError, match="No"):
        jobs.run(tally.refused_in_step, key="a")
    assert tally.marks(database) == []


def test_an_unexpected_error_is_logged_and_told_without_its_words(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(KaohengError) as refusal:
        jobs.run(tally.broken, key="a")
    assert refusal.value.faults[0].code == "jobs.crashed"
    assert "ZeroDivisionError" in str(refusal.value)
    assert "王芳" not in str(refusal.value)
    assert any("background workflow" in record.message for record in caplog.records)


def test_values_keep_their_types(jobs: Jobs) -> None:
    value = {
        "money": Decimal("10.00"),
        "when": [datetime(2026, 1, 31, 12, tzinfo=UTC), date(2026, 1, 31)],
        "pair": (1, "一", None, True),
        "$": {1: "a key that is not text", "$": ["and the codec's own"]},
    }
    result = jobs.run(tally.echo, value, key="a")
    assert result == value
    assert str(result["money"]) == "10.00"
    assert isinstance(result["pair"], tuple)


def test_what_has_no_plain_form_is_refused_when_it_is_enqueued(
    jobs: Jobs, database: Database
) -> None:
    with pytest.raises(TypeError, match="cannot keep a object"), database.write() as session:
        enqueue(session, tally.echo, object(), key="a")


def test_steps_begin_as_our_writes_do(jobs: Jobs, database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("SQLite's transactions only")
    assert jobs.run(tally.begins, key="a") == [True, True, True]
    with database.write() as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        assert driver.in_transaction


def test_waiting_has_an_end(queue_only: Database) -> None:
    with queue_only.write() as session:
        job_id = enqueue(session, tally.batches, 1, 0, key="a")
    assert status(queue_only, job_id) is JobState.WAITING
    assert health(queue_only) == {"state": "ok", "pending": 1, "running": 0}
    with pytest.raises(KaohengError, match=r"not done after 0\.2 seconds"):
        wait(queue_only, job_id, timeout=0.2)


def test_health_tells_of_a_database_that_does_not_answer(tmp_path: Path) -> None:
    database = Database(sa.make_url(f"sqlite:///{tmp_path / 'empty.db'}"))
    assert health(database) == {"state": "unavailable", "error": "OperationalError"}
    database.close()


def test_stopping_gives_back_threads_and_the_slot(queue_only: Database, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    jobs = Jobs(load_settings({"KAOHENG_HOME": str(tmp_path)}), queue_only)
    for key in "ab":
        jobs.start()
        assert jobs.running
        assert jobs.run(tally.batches, 1, 0, key=key) == [0]
        jobs.stop()
        assert not jobs.running
        assert set(threading.enumerate()) == before


def test_a_job_that_is_stopped_half_way_goes_on_with_the_next_start(
    queue_only: Database, tmp_path: Path
) -> None:
    jobs = Jobs(load_settings({"KAOHENG_HOME": str(tmp_path)}), queue_only)
    with jobs.working():
        with queue_only.write() as session:
            job_id = enqueue(session, tally.until_told, key="a")
        while not tally.marks(queue_only):
            time.sleep(0.02)
    assert status(queue_only, job_id) is JobState.RUNNING
    done = len(tally.marks(queue_only))
    tally.tell(queue_only)
    assert jobs.finish(job_id, timeout=30) == done + 1
    assert tally.marks(queue_only, job_id) == [(job_id, n, n) for n in range(done + 1)]


def test_a_job_leaves_others_room_to_write(jobs: Jobs, database: Database) -> None:
    with database.write() as session:
        job_id = enqueue(session, tally.until_told, key="a")
    while len(tally.marks(database)) < 2:
        time.sleep(0.02)
    began = time.monotonic()
    tally.tell(database)
    assert time.monotonic() - began < 3
    assert wait(database, job_id, timeout=10) >= 2


def test_one_worker_a_process(jobs: Jobs, database: Database, tmp_path: Path) -> None:
    other = Jobs(load_settings({"KAOHENG_HOME": str(tmp_path)}), database)
    with pytest.raises(RuntimeError, match="already"):
        other.start()
    assert jobs.run(tally.batches, 1, 0, key="a") == [0]
