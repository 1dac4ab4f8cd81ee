"""The queue as operations and the command line see it: enqueue, look, wait.

``enqueue`` is the outbox: the job exists exactly when the transaction that asked for it is
committed.
"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.base.database import Database
from workflows.jobs.registry import Job

LOOK_SECONDS = 0.05


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # it raised; waiting for it raises the same
    GIVEN_UP = "given_up"  # its process died too often


_STATES = {
    "ENQUEUED": JobState.WAITING,
    "DELAYED": JobState.WAITING,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "ERROR": JobState.FAILED,
}


def enqueue(session: Session, job: Job, *args: Any, key: str) -> str:
    """Ask for ``job`` in the session's transaction and return the job's id.

    ``key`` says what the job is about: a second request with the same key is the same job,
    whether that waits, runs or has ended.
    """
    from workflows.jobs import engine  # noqa: PLC0415 (see the package)

    job_id = f"{job.name}:{key}"
    engine.enqueue(session, job, args, job_id)
    return job_id


def status(database: Database, job_id: str) -> JobState:
    """Return how far the job is; raise ``KaohengError`` (missing) where there is none."""
    from workflows.jobs import engine  # noqa: PLC0415

    row = engine.find(database.read_engine, job_id)
    if row is None:
        raise refuse(
            "jobs.missing",
            N_("There is no job {job_id}."),
            N_("Look at the list of jobs for its name."),
            kind=Kind.MISSING,
            job_id=job_id,
        )
    return _STATES.get(row.status, JobState.GIVEN_UP)


def wait(database: Database, job_id: str, timeout: float | None = None) -> Any:
    """Return the job's result, or raise its ``KaohengError``, once some process has run it.

    ``timeout`` is in seconds; a job that takes longer goes on, and ``KaohengError`` says so.
    """
    from workflows.jobs import engine  # noqa: PLC0415

    end = None if timeout is None else time.monotonic() + timeout
    while (state := status(database, job_id)) in (JobState.WAITING, JobState.RUNNING):
        if end is not None and time.monotonic() >= end:
            raise refuse(
                "jobs.slow",
                N_("The job {job_id} is not done after {seconds} seconds."),
                N_("It goes on in the background; look again later."),
                job_id=job_id,
                seconds=timeout,
            )
        time.sleep(LOOK_SECONDS)
    if state is JobState.GIVEN_UP:
        raise refuse(
            "jobs.given_up",
            N_("The job {job_id} was given up: every process that ran it died."),
            N_("The service's log says why; correct the cause and start it again."),
            job_id=job_id,
        )
    return engine.result(database.read_engine, job_id)


def health(database: Database) -> dict[str, Any]:
    """Return ``state`` (``ok`` or ``unavailable``) and how many jobs are pending and running."""
    from workflows.jobs import engine  # noqa: PLC0415

    try:
        jobs = engine.unfinished(database.read_engine, patient=False)
    except SQLAlchemyError as error:
        return {"state": "unavailable", "error": type(error).__name__}
    running = sum(job.status == engine.RUNNING for job in jobs)
    return {"state": "ok", "pending": len(jobs), "running": running}
