"""A service over the small company, and signing in to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from admin.services import EXTENSION, Services
from admin.sign_in.throttle import Throttle
from tests.factories import PASSWORD, add_world
from tests.forgetting import forget as forget_database
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings
from wsgi import create_app

SignIn = Callable[[str], FlaskClient]
Serve = Callable[..., Flask]


@pytest.fixture(scope="session")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the small company in it, to be copied."""
    home = tmp_path_factory.mktemp("world")
    shutil.copy(sqlite_template, home / "kaoheng.db")
    database = Database(make_url(f"sqlite:///{home / 'kaoheng.db'}"), Keyring(home / "keys"))
    with database.write() as session:
        add_world(session)
    database.close()
    return home


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test's home is, one after another: applications are kept from test to test."""
    return tmp_path_factory.mktemp("place") / "home"


@pytest.fixture
def home(world: Path, place: Path) -> Path:
    return settle(place, world)


@pytest.fixture(scope="session")
def applications() -> dict[str, Flask]:
    return {}


@pytest.fixture
def serve(applications: dict[str, Flask]) -> Iterator[Serve]:
    """Return a function that gives the service over a home, with its settings.

    An application is made once: that, and the first showing of each page, take longer than most
    tests. Whatever it remembers of a database goes with the test.
    """
    served: list[Flask] = []

    def serve(home: Path, **more: str) -> Flask:
        environ = {"KAOHENG_HOME": str(home), "KAOHENG_SECRET_KEY": "x" * 32, **more}
        known = repr(sorted(environ.items()))
        if known not in applications:
            applications[known] = create_app(load_settings(environ))
        served.append(applications[known])
        return served[-1]

    yield serve
    for app in served:
        forget(app)


def forget(app: Flask) -> None:
    """Drop what an application remembers of its database, for another to come in its place."""
    forget_database(services_of(app).database)
    app.extensions["sign_in_throttle"] = Throttle()


@pytest.fixture
def app(home: Path, serve: Serve) -> Flask:
    return serve(home)


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Return a function that gives a client signed in as somebody."""

    def sign_in(username: str) -> FlaskClient:
        client = app.test_client()
        answer = post_sign_in(client, username, PASSWORD)
        assert answer.status_code == 302, answer.text
        return client

    return sign_in


def settle(place: Path, world: Path) -> Path:
    """Put a copy of a world where the one before was."""
    shutil.rmtree(place, ignore_errors=True)
    return Path(shutil.copytree(world, place))


def services_of(app: Flask) -> Services:
    found = app.extensions[EXTENSION]
    assert isinstance(found, Services)
    return found


def csrf_token(client: FlaskClient, path: str = "/login") -> str:
    """Return the token of the first form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found
    return found[1]


def post_sign_in(client: FlaskClient, username: str, password: str, **more: str):  # type: ignore[no-untyped-def]
    form = {"username": username, "password": password, "csrf_token": csrf_token(client), **more}
    return client.post("/login", data=form)
