"""Fields that a request may not set have no effect: with them it does what it does without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.admin.conftest import post_sign_in, services_of
from tests.admin.contents import shown
from tests.admin.routes import ALL, ROUTES, Route
from tests.admin.test_access import request
from tests.factories import PASSWORD
from workflows.base.settings import load_settings
from wsgi import create_app

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


def effect(world: Path, home: Path, role: str, route: Route, more: dict[str, str]) -> object:
    """Return the answer's status and all tables after one request in a copy of the world."""
    shutil.copytree(world, home)
    before = " ".join(shown(home / "kaoheng.db").values())
    environment = {"KAOHENG_HOME": str(home), "KAOHENG_SECRET_KEY": "x" * 32, "KAOHENG_NOW": NOW}
    app = create_app(load_settings(environment))
    client = app.test_client()
    assert post_sign_in(client, role, PASSWORD).status_code == 302
    rows = [route.row.format(code) for code in sorted(ALL) if route.may(role, code)]
    path = route.plain or next(iter(rows), route.absent)
    forged = Route(route.rule, route.open_to, "POST", form={**more, **route.form})
    status = request(client, forged, path).status_code
    services_of(app).database.close()
    return status, shown(home / "kaoheng.db", known=before)


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.rule)
def test_they_have_no_effect(world: Path, tmp_path: Path, route: Route) -> None:
    for role in sorted(route.open_to):
        plain = effect(world, tmp_path / f"{role}-plain", role, route, {})
        assert effect(world, tmp_path / f"{role}-forged", role, route, NOT_TO_SET) == plain
