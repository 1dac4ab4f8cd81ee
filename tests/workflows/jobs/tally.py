"""Jobs that leave marks, and a program that runs them: what the tests of jobs kill and count."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, Place, refuse
from workflows.base.database import Database
from workflows.base.settings import Settings, load_settings
from workflows.jobs.registry import JobContext, job
from workflows.jobs.service import Jobs

# No key and no constraint: what is done twice is there twice.
CREATE = sa.text("CREATE TABLE mark (job TEXT, batch INTEGER, process INTEGER, seen INTEGER)")
INSERT = sa.text("INSERT INTO mark VALUES (:job, :batch, :process, :seen)")


def mark(session: Session, job_id: str, batch: int, pause: float) -> int:
    """Write one row that depends on all before it, and return how many there were."""
    count = sa.text("SELECT count(*) FROM mark WHERE job = :job")
    seen: int = session.execute(count, {"job": job_id}).scalar_one()
    values = {"job": job_id, "batch": batch, "process": os.getpid(), "seen": seen}
    session.execute(INSERT, values)
    time.sleep(pause)
    return seen


@job("test.batches")
def batches(context: JobContext, count: int, pause: float) -> list[int]:
    return [
        context.transaction("mark", mark, context.job_id, batch, pause) for batch in range(count)
    ]


@job("test.until_told")
def until_told(context: JobContext) -> int:
    """Leave marks until ``tell``, and return how many."""

    def step(session: Session, batch: int) -> bool:
        mark(session, context.job_id, batch, 0.02)
        told = sa.text("SELECT count(*) FROM mark WHERE job = 'told'")
        return bool(session.execute(told).scalar_one())

    batch = 0
    while not context.transaction("mark", step, batch):
        batch += 1
    return batch + 1


@job("test.refused")
def refused(context: JobContext, amount: object) -> None:
    context.transaction("mark", mark, context.job_id, 0, 0)
    raise refuse(
        "test.refused",
        N_("{amount} is too much."),
        N_("Ask for less."),
        kind=Kind.CONFLICT,
        place=Place(file="a.csv", line=3),
        amount=amount,
    )


@job("test.refused_in_step")
def refused_in_step(context: JobContext) -> None:
    def step(session: Session) -> None:
        mark(session, context.job_id, 0, 0)
        raise refuse("test.refused", "No.")

    context.transaction("step", step)


@job("test.broken")
def broken(_context: JobContext) -> None:
    raise ZeroDivisionError("王芳's row")


@job("test.echo")
def echo(context: JobContext, value: object) -> object:
    return context.transaction("echo", lambda _session: value)


@job("test.begins")
def begins(context: JobContext) -> list[bool]:
    """Whether each step's transaction is open before its first statement (BEGIN IMMEDIATE)."""

    def step(session: Session) -> bool:
        driver = session.connection().connection.driver_connection
        return bool(driver.in_transaction)  # type: ignore[union-attr]

    return [context.transaction("step", step) for _ in range(3)]


def tell(database: Database) -> None:
    with database.write() as session:
        session.execute(INSERT, {"job": "told", "batch": 0, "process": 0, "seen": 0})


def marks(database: Database, job_id: str | None = None) -> list[tuple[str, int, int]]:
    """Return (job, batch, rows of that job before it), in order."""
    statement = "SELECT job, batch, seen FROM mark WHERE job = :job OR :job IS NULL"
    with database.read() as session:
        rows = session.execute(
            sa.text(f"{statement} ORDER BY job, seen").bindparams(
                sa.bindparam("job", job_id, sa.Text)
            )
        )
        return [(row.job, row.batch, row.seen) for row in rows]


def connect() -> tuple[Settings, Database]:
    settings = load_settings()
    return settings, Database(settings.database_url)


def run_batches() -> int:
    """``run_batches <key> <batches> <pause>``: print the result of one job of batches."""
    key, count, pause = sys.argv[1:]
    settings, database = connect()
    with closing(database):
        result = Jobs(settings, database).run(batches, int(count), float(pause), key=key)
    print(json.dumps(result))
    return 0


def serve() -> int:
    """``serve``: work until standard input closes; say ready when at work."""
    settings, database = connect()
    with closing(database), Jobs(settings, database, take_over_seconds=0.5).working():
        print("ready", flush=True)
        sys.stdin.read()
    return 0


def env_of(database: Database, home: Path) -> dict[str, str]:
    """Return the environment in which a process of its own uses ``database``."""
    url = database.url.render_as_string(hide_password=False)
    return {"KAOHENG_DATABASE_URL": url, "KAOHENG_HOME": str(home)}
