"""SIGKILL at any moment: another process finishes the work, and nothing is lost or done twice."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.forking import Forked
from tests.killing import run, run_killed, start
from tests.workflows.jobs import tally
from workflows.base.database import Database
from workflows.jobs.queue import enqueue, status, wait

RUN = "tests.workflows.jobs.tally:run_batches"
SERVE = "tests.workflows.jobs.tally:serve"
BATCHES = 6


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    with database.write() as session:
        session.execute(tally.CREATE)
    return tally.env_of(database, tmp_path)


def test_killed_at_commits_the_result_is_that_of_an_unkilled_run(
    database: Database, env: dict[str, str]
) -> None:
    unkilled = run(RUN, ["unkilled", str(BATCHES), "0"], env=env)
    killed = run_killed(RUN, ["killed", str(BATCHES), "0"], env=env, kills=4, seed=2, commits=4)
    assert unkilled.returncode == 0, unkilled.stderr
    assert killed.last.returncode == 0, killed.last.stderr
    assert len(killed.moments) >= 3
    assert json.loads(killed.last.stdout) == json.loads(unkilled.stdout) == list(range(BATCHES))
    assert tally.marks(database) == [
        (f"test.batches:{key}", n, n) for key in ("killed", "unkilled") for n in range(BATCHES)
    ]


@pytest.mark.parametrize("moment", ["before:3", "after:3"])
def test_killed_around_a_commit_that_step_happens_once(
    database: Database, env: dict[str, str], moment: str
) -> None:
    # The command's own commit enqueues; the third is that of the second batch.
    killed = run(RUN, ["a", str(BATCHES), "0"], env=env, moment=moment)
    assert killed.returncode == -signal.SIGKILL
    assert len(tally.marks(database)) == (1 if moment == "before:3" else 2)
    assert run(RUN, ["a", str(BATCHES), "0"], env=env).returncode == 0
    assert [batch for _, batch, _ in tally.marks(database)] == list(range(BATCHES))


def test_killed_at_any_time(database: Database, env: dict[str, str]) -> None:
    arguments = ["a", "20", "0.02"]
    killed = run_killed(RUN, arguments, env=env, kills=4, seed=5, commits=20, seconds=2.5)
    assert killed.last.returncode == 0, killed.last.stderr
    assert killed.moments
    assert [batch for _, batch, _ in tally.marks(database)] == list(range(20))


def test_two_live_processes_share_the_work(database: Database, env: dict[str, str]) -> None:
    workers = [_serving(env) for _ in range(2)]
    with database.write() as session:
        ids = [enqueue(session, tally.batches, 3, 0.05, key=f"{n:02}") for n in range(8)]
    assert [wait(database, job_id, timeout=30) for job_id in ids] == [[0, 1, 2]] * 8
    for worker in workers:
        _, errors = worker.communicate()
        assert worker.returncode == 0, errors
    assert tally.marks(database) == [(job_id, n, n) for job_id in ids for n in range(3)]
    assert len(_processes(database)) == 2


def test_the_next_process_takes_over_from_a_dead_one_with_another_slot(
    database: Database, env: dict[str, str]
) -> None:
    first, second = _serving(env), _serving(env)
    first.communicate()
    job_id = _running_until_told(database)
    second.kill()
    second.communicate()
    assert status(database, job_id) == "running"
    # This one takes the first's slot, worker-0; the job was worker-1's.
    _finished_by(_serving(env), database, job_id)


def test_a_process_that_goes_on_takes_over_from_one_that_dies(
    database: Database, env: dict[str, str]
) -> None:
    dying = _serving(env)
    job_id = _running_until_told(database)
    survivor = _serving(env)
    assert len(_processes(database, job_id)) == 1
    dying.kill()
    dying.communicate()
    _finished_by(survivor, database, job_id)


def test_a_live_process_keeps_its_work(database: Database, env: dict[str, str]) -> None:
    worker = _serving(env)
    job_id = _running_until_told(database)
    other = run(RUN, ["b", "1", "0"], env=env)
    assert other.returncode == 0, other.stderr
    assert _claims(database, job_id) == 1
    tally.tell(database)
    done = wait(database, job_id, timeout=30)
    _, errors = worker.communicate()
    assert worker.returncode == 0, errors
    assert tally.marks(database, job_id) == [(job_id, n, n) for n in range(done)]
    assert len(_processes(database, job_id)) == 1


def _running_until_told(database: Database) -> str:
    with database.write() as session:
        job_id = enqueue(session, tally.until_told, key="a")
    _until(lambda: len(tally.marks(database, job_id)) >= 2)
    return job_id


def _finished_by(survivor: Forked, database: Database, job_id: str) -> None:
    _until(lambda: len(_processes(database, job_id)) == 2)
    tally.tell(database)
    done = wait(database, job_id, timeout=30)
    _, errors = survivor.communicate()
    assert survivor.returncode == 0, errors
    assert tally.marks(database, job_id) == [(job_id, n, n) for n in range(done)]


def _serving(env: dict[str, str]) -> Forked:
    worker = start(SERVE, [], env=env)
    assert worker.line() == "ready\n"
    return worker


def _processes(database: Database, job_id: str | None = None) -> set[int]:
    with database.read() as session:
        rows = session.execute(sa.text("SELECT DISTINCT job, process FROM mark"))
        return {row.process for row in rows if job_id in (None, row.job)}


def _claims(database: Database, job_id: str) -> int:
    """Return how often a process took the job from the queue."""
    table = "workflow_status" if database.is_sqlite else "dbos.workflow_status"
    statement = f"SELECT recovery_attempts FROM {table} WHERE workflow_uuid = :job"
    with database.read() as session:
        claims: int = session.execute(sa.text(statement), {"job": job_id}).scalar_one()
    return claims


def _until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
