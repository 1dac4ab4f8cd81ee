"""DBOS in the application's own database: the only file that knows it.

Its rows are the queue, the outbox and the memory of what a job has done. A step's result is
kept in the transaction of what the step wrote (``datasource_outputs``), so a job that is
resumed neither loses a batch nor repeats one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from dbos import (
    DBOS,
    DBOSClient,
    DBOSConfig,
    EnqueueOptions,
    Serializer,
    SQLAlchemyDatasource,
    WorkflowStatus,
)
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from workflows.base.database import Database
from workflows.base.settings import Settings
from workflows.jobs import codec
from workflows.jobs.registry import Job, JobContext

APPLICATION = "kaoheng"
# Written on every job, and a worker takes only its own version's: pinned, or an update of the
# program would strand the jobs that were under way.
VERSION = "1"
QUEUE = "kaoheng"
SCHEMA = "dbos"  # on PostgreSQL; SQLite has none
POLLING_SECONDS = 0.2  # a worker with nothing to do takes 3 to 5% of a core
JOBS_AT_ONCE_ON_POSTGRESQL = 4  # per process; SQLite has one writer, so one job
STOP_SECONDS = 25  # for jobs to reach the end of their step; gunicorn kills after 30
LONGEST_PAUSE_SECONDS = 0.03
THREADS = "dbos-executor-"

_one_a_process = threading.Lock()

WAITING = ("ENQUEUED", "DELAYED")
RUNNING = "PENDING"

IsolationLevel = Literal["SERIALIZABLE", "READ COMMITTED"]


class _Json(Serializer):
    """Instead of DBOS's pickle, which runs whatever it reads."""

    def serialize(self, data: Any) -> str:
        return codec.encode(data)

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805 (DBOS's own signature)
        return codec.decode(serialized_data)

    def name(self) -> str:
        return "kaoheng_json"


class _Stopping(BaseException):
    """Leaves a job at its next step without an outcome, so that it is resumed, not failed."""


def prepare(database: Database) -> None:
    """Create or upgrade DBOS's tables and the queue, where they are not as they should be."""
    _quiet()
    url = database.url.render_as_string(hide_password=False)
    DBOS.migrate(url, schema=SCHEMA)
    SQLAlchemyDatasource.migrate(url, schema=SCHEMA)
    client(database.write_engine).register_queue(
        QUEUE,
        worker_concurrency=1 if database.is_sqlite else JOBS_AT_ONCE_ON_POSTGRESQL,
        polling_interval_sec=POLLING_SECONDS,
        on_conflict="always_update",
    )


def client(engine: Engine, *, patient: bool = True) -> DBOSClient:
    """Return what asks and enqueues over ``engine``; ``patient`` waits out a lost connection."""
    _quiet()
    return DBOSClient(
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        serializer=_Json(),
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=patient,
    )


def enqueue(session: Session, job: Job, args: tuple[Any, ...], job_id: str) -> None:
    """Queue the job in the session's own transaction; a known ``job_id`` changes nothing."""
    options: EnqueueOptions = {
        "workflow_name": job.name,
        "queue_name": QUEUE,
        "workflow_id": job_id,
        "app_version": VERSION,
    }
    engine = session.get_bind().engine
    client(engine).enqueue_in_transaction(session, options, *args)


def unfinished(engine: Engine, *, patient: bool = True) -> list[WorkflowStatus]:
    """Return the jobs that wait or run, without their arguments."""
    return client(engine, patient=patient).list_workflows(
        status=[*WAITING, RUNNING], load_input=False, load_output=False
    )


def find(engine: Engine, job_id: str) -> WorkflowStatus | None:
    """Return the job's row, without arguments or result, or None where there is no such job."""
    found = client(engine).list_workflows(
        workflow_ids=[job_id], load_input=False, load_output=False
    )
    return found[0] if found else None


def result(engine: Engine, job_id: str) -> Any:
    """Return what a finished job returned, or raise what it raised."""
    return client(engine).retrieve_workflow(job_id).get_result()


class Worker:
    """This process's share of the work, from launch to stop; DBOS allows one a process."""

    def __init__(self, settings: Settings, database: Database, jobs: Iterable[Job]) -> None:
        self._settings = settings
        self._database = database
        self._jobs = tuple(jobs)
        # PostgreSQL's as everywhere; on SQLite, whose steps begin IMMEDIATE, the only one.
        self._isolation: IsolationLevel = "SERIALIZABLE" if database.is_sqlite else "READ COMMITTED"
        self._busy = 0
        self._busy_lock = threading.Lock()
        self._stopping = threading.Event()
        self._launched = False

    def launch(self, executor: str) -> None:
        """Take work as ``executor``, first what this executor left unfinished."""
        _quiet()
        if not _one_a_process.acquire(blocking=False):
            raise RuntimeError("this process works on jobs already")
        self._launched = True
        DBOS(config=self._config(executor))
        self._datasource = SQLAlchemyDatasource.create(
            self._database.url.render_as_string(hide_password=False),
            engine=self._database.write_engine,
            schema=SCHEMA,
            serializer=_Json(),
        )
        for job in self._jobs:
            DBOS.workflow(name=job.name)(self._workflow(job))
        DBOS.launch()

    def recover(self, executors: list[str]) -> None:
        """Requeue what ``executors`` were running; the caller has made sure that they are dead."""
        DBOS._recover_pending_workflows(executors)

    def stop(self) -> None:
        """Let running jobs end their step, and give back threads and connections."""
        if not self._launched:
            return
        self._stopping.set()
        DBOS.destroy(
            destroy_registry=True,
            workflow_completion_timeout_sec=STOP_SECONDS if self._busy else 0,
        )
        for thread in threading.enumerate():
            if thread.name.startswith(THREADS):
                thread.join(STOP_SECONDS)
        self._launched = False
        _one_a_process.release()

    def _config(self, executor: str) -> DBOSConfig:
        return {
            "name": APPLICATION,
            "system_database_url": self._database.url.render_as_string(hide_password=False),
            "dbos_system_schema": SCHEMA,
            "application_version": VERSION,
            "executor_id": executor,
            "serializer": _Json(),
            "log_level": "WARNING",
            "enable_otlp": False,
            # We send no notifications; this bounds how long stopping waits for their listener.
            "notification_listener_polling_interval_sec": 0.2,
        }

    def _workflow(self, job: Job) -> Callable[..., Any]:
        def run(*args: Any) -> Any:
            with self._counted():
                job_id = DBOS.workflow_id
                assert job_id is not None
                context = JobContext(job_id, self._settings, self._database, self._run_step)
                return job.function(context, *args)

        return run

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._busy_lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._busy_lock:
                self._busy -= 1

    def _run_step(self, name: str, step: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if self._stopping.is_set():
            raise _Stopping
        began = time.monotonic()
        try:
            return self._datasource.run_tx_step(
                {"name": name, "isolation_level": self._isolation},
                lambda: step(self._session(), *args),
            )
        finally:
            if self._database.is_sqlite:
                _let_others_write(time.monotonic() - began)

    def _session(self) -> Session:
        session: Session = self._datasource.sql_session()
        session.info.update(self._database.info)  # as Database.write has it
        return session


def _let_others_write(held: float) -> None:
    """Pause after a step that held SQLite's write lock for ``held`` seconds.

    The lock has no queue: who waits for it asks again now and then, and a job that takes it
    back at once keeps everybody else out until its end (measured: one write waited 11 s for
    100 steps of 0.1 s; with this pause 0.1 s).
    """
    time.sleep(min(LONGEST_PAUSE_SECONDS, held / 2))


class _RefusalsAreAnswers(logging.Filter):
    """Keeps a job's refusal, which its caller is told, out of the log of errors."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], KaohengError))


_refusals_are_answers = _RefusalsAreAnswers()


def _quiet() -> None:
    """Send DBOS's log to our own handlers, warnings and errors only.

    DBOS adds a console handler, and stops propagation, where its logger has no handler.
    """
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
        logger.setLevel(logging.WARNING)
        logger.addFilter(_refusals_are_answers)
