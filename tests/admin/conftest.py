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
from tests.factories import PASSWORD, add_world
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings
from wsgi import create_app

SignIn = Callable[[str], FlaskClient]


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


@pytest.fixture
def home(world: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(world, tmp_path / "home"))


@pytest.fixture
def app(home: Path) -> Iterator[Flask]:
    app = create_app(load_settings({"KAOHENG_HOME": str(home), "KAOHENG_SECRET_KEY": "x" * 32}))
    yield app
    services_of(app).database.close()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Return a function that gives a client signed in as somebody."""

    def sign_in(username: str) -> FlaskClient:
        client = app.test_client()
        answer = post_sign_in(client, username, PASSWORD)
        assert answer.status_code == 302, answer.text
        return client

    return sign_in


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
