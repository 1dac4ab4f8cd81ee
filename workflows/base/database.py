"""One database, two ways in: a write is one transaction, a read never blocks one.

SQLite (WAL) takes a single writer: a write begins IMMEDIATE, so that it waits its turn
instead of failing half-way; reads begin deferred and are never in its way. PostgreSQL
runs both at READ COMMITTED.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Engine, MetaData, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session

from engine.errors import N_, Kind, refuse
from workflows.base.keys import Keyring
from workflows.base.remembering import REMEMBERED

BUSY_MILLISECONDS = 30_000
SYNCHRONOUS = "FULL"  # what is committed is on the disk: a power cut takes nothing back
SHANGHAI = ZoneInfo("Asia/Shanghai")

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table; constraints have names, so that migrations can find them."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {dict[str, Any]: JSON, list[Any]: JSON}
    __table_args__: Any = {"sqlite_autoincrement": True}  # noqa: RUF012 (SQLAlchemy reads it)


class Database:
    """Engines and sessions of one database; make it after a fork, never before."""

    def __init__(
        self, url: URL, keyring: Keyring | None = None, timezone: ZoneInfo = SHANGHAI
    ) -> None:
        """Open ``url``; whoever will write to the log brings the keyring that signs it.

        ``timezone`` is the organisation's: in it the days of deadlines begin and end.
        """
        self.url = url
        self.keyring = keyring
        self.info: dict[str, Any] = {"keyring": keyring, "timezone": timezone, REMEMBERED: {}}
        self.is_sqlite = url.get_backend_name() == "sqlite"
        if self.is_sqlite and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        self.write_engine = _engine(url, "BEGIN IMMEDIATE")
        self.read_engine = _engine(url, "BEGIN") if self.is_sqlite else self.write_engine

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end, or not at all.

        Refuses with ``CONFLICT`` what somebody else has made in the same moment: both looked, and
        the database let one of them.
        """
        try:
            with (
                Session(self.write_engine, expire_on_commit=False, info=self.info) as session,
                session.begin(),
            ):
                yield session
        except IntegrityError as error:
            if not _is_second(error):
                raise
            raise refuse(
                "database.first",
                N_("Somebody else was first, in this very moment."),
                N_("Look at what is there now, then decide again."),
                kind=Kind.CONFLICT,
            ) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one moment and is rolled back at the end."""
        with Session(
            self.read_engine, expire_on_commit=False, autoflush=False, info=self.info
        ) as session:
            yield session

    def close(self) -> None:
        self.write_engine.dispose()
        self.read_engine.dispose()


def _is_second(error: IntegrityError) -> bool:
    """Say whether a row was refused because there is one like it, and for no other reason."""
    state = getattr(error.orig, "sqlstate", None)
    return state == "23505" or str(error.orig).startswith("UNIQUE constraint failed")


def _engine(url: URL, begin: str) -> Engine:
    options: dict[str, Any] = {
        # Compiling one takes up to 10 ms, and the pages of all roles have some 700.
        "query_cache_size": 2_000,
        "json_serializer": partial(json.dumps, ensure_ascii=False, sort_keys=True),
    }
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED", **options)
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, begin))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transactions begin too late (at the first write); ours begin explicitly.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        f"synchronous={SYNCHRONOUS}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(begin: str, connection: Connection) -> None:
    connection.exec_driver_sql(begin)
