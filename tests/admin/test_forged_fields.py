"""Fields that a request may not set have no effect: with them it does what it does without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.admin.conftest import Serve, forget, post_sign_in, settle
from tests.admin.contents import drawn, shown
from tests.admin.routes import ALL, ROUTES, Route
from tests.admin.test_access import request
from tests.factories import PASSWORD

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


Effect = Callable[[str, Route, dict[str, str]], object]


@pytest.fixture
def effect(world: Path, place: Path, serve: Serve, known: frozenset[str]) -> Effect:
    """Return what one request in a copy of the world does: the answer's status and all tables."""

    def effect(role: str, route: Route, more: dict[str, str]) -> object:
        home = settle(place, world)
        app = serve(home, KAOHENG_NOW=NOW)
        client = app.test_client()
        assert post_sign_in(client, role, PASSWORD).status_code == 302
        rows = [route.row.format(code) for code in sorted(ALL) if route.may(role, code)]
        path = route.plain or next(iter(rows), route.absent)
        forged = Route(route.rule, route.open_to, "POST", form={**more, **route.form})
        status = request(client, forged, path).status_code
        forget(app)
        return status, shown(home / "kaoheng.db", known)

    return effect


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.rule)
def test_they_have_no_effect(effect: Effect, route: Route) -> None:
    for role in sorted(route.open_to):
        assert effect(role, route, NOT_TO_SET) == effect(role, route, {})
