"""Fields that a request may not set have no effect: with them it does what it does without."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.admin.conftest import Serve, forget, post_sign_in, settle
from tests.admin.contents import drawn, shown
from tests.admin.routes import ALL, ROUTES, Route
from tests.admin.test_access import form_token
from tests.factories import PASSWORD

COOKIE = "kaoheng_session"
NOW = "2026-02-03T04:05:06+00:00"
NOT_TO_SET = {
    "state": "sealed",
    "stage": "closed",
    "actor": "1",
    "actor_id": "1",
    "role": "administrator",
    "roles": "administrator",
    "amount": "999999",
    "amount_minor": "99999900",
    "approver": "1",
    "approver_id": "1",
    "author_id": "1",
    "publisher_id": "1",
    "version": "99",
    "total": "100",
    "person_id": "1",
    "id": "1",
    "public_id": "1",
    "fs_uniquifier": "1",
    "now": "2000-01-01",
}
WRITES = [route for route in ROUTES if route.method == "POST"]


@pytest.fixture(scope="module")
def known(world: Path) -> frozenset[str]:
    return drawn(world / "kaoheng.db")


class SignedIn(NamedTuple):
    """A world in which somebody has just signed in, and what their browser has of it."""

    home: Path
    cookie: str
    token: str


@pytest.fixture(scope="module")
def signed_in() -> dict[str, SignedIn]:
    """By role: each signs in once, and every request begins with a copy of that."""
    return {}


Effect = Callable[[str, Route, dict[str, str]], object]


@pytest.fixture
def effect(
    world: Path,
    place: Path,
    serve: Serve,
    known: frozenset[str],
    signed_in: dict[str, SignedIn],
    tmp_path_factory: pytest.TempPathFactory,
) -> Effect:
    """Return what one request in a copy of the world does: the answer's status and all tables."""

    def enter(role: str) -> SignedIn:
        app = serve(settle(place, world), KAOHENG_NOW=NOW)
        client = app.test_client()
        assert post_sign_in(client, role, PASSWORD).status_code == 302
        token = form_token(client)
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        forget(app)
        kept = Path(shutil.copytree(place, tmp_path_factory.mktemp("signed-in") / role))
        return SignedIn(kept, cookie.value, token)

    def effect(role: str, route: Route, more: dict[str, str]) -> object:
        if role not in signed_in:
            signed_in[role] = enter(role)
        before = signed_in[role]
        home = settle(place, before.home)
        app = serve(home, KAOHENG_NOW=NOW)
        client = app.test_client()
        client.set_cookie(COOKIE, before.cookie)
        rows = [route.row.format(code) for code in sorted(ALL) if route.may(role, code)]
        path = route.plain or next(iter(rows), route.absent)
        answer = client.post(
            path, data={**more, **route.form}, headers={"X-CSRFToken": before.token}
        )
        assert route.rule == "/logout" or not answer.headers.get("Location", "").startswith(
            "/login"
        )
        forget(app)
        return answer.status_code, shown(home / "kaoheng.db", known)

    return effect


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.rule)
def test_they_have_no_effect(effect: Effect, route: Route) -> None:
    for role in sorted(route.open_to):
        assert effect(role, route, NOT_TO_SET) == effect(role, route, {})
