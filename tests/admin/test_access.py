"""Every route for every role: what is open, what is refused, and whose rows are there.

Around each refusal stands a digest of the whole database: nothing may have changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.admin.conftest import SignIn, services_of
from tests.admin.contents import Watch
from tests.admin.routes import ALL, EVERYBODY, LISTS, NO_ADMINISTRATOR, PUBLIC, ROUTES, SEES, Route
from tests.factories import CYCLE
from workflows.accounts.tables import Account, AccountRole

ROLES = sorted(EVERYBODY)
HTMX = {"HX-Request": "true"}

Unchanged = Callable[[str], None]
_TOKENS: WeakKeyDictionary[FlaskClient, str] = WeakKeyDictionary()


@pytest.fixture
def unchanged(home: Path) -> Iterator[Unchanged]:
    """Return a check that the database is as it was at the first call or at the last."""
    watches: list[Watch] = []

    def check(what: str) -> None:
        if not watches:
            watches.append(Watch(home / "kaoheng.db"))
        assert not watches[0].changed(), f"the database changed: {what}"

    yield check
    for watch in watches:
        watch.close()


def request(
    client: FlaskClient, route: Route, path: str, headers: dict[str, str] | None = None
) -> TestResponse:
    """Ask as the route's method wants it, with the form's token where it is a POST."""
    if route.method == "GET":
        return client.get(path, headers=headers, buffered=True)
    sent = {"X-CSRFToken": form_token(client), **(headers or {})}
    return client.post(path, data=dict(route.form), headers=sent)


def form_token(client: FlaskClient) -> str:
    """Return the session's token, asked for once: it holds as long as the session."""
    if client not in _TOKENS:
        found = re.search(r'data-csrf="([^"]+)"', client.get("/password").text)
        assert found
        _TOKENS[client] = found[1]
    return _TOKENS[client]


def said(page: str) -> str:
    """Return a page without its tokens and keys and the address that it was asked by."""
    return re.sub(r'(data-csrf|name="(csrf_token|idempotency_key|next)" value)="[^"]+"', "", page)


def addresses(route: Route, rows: Iterable[str] = ("S11",)) -> Iterator[str]:
    """Give a route's addresses; of the rows one, where it is refused before any is looked at."""
    if route.plain:
        yield route.plain
    if route.row:
        yield from (route.row.format(code) for code in rows)
    if route.absent:
        yield route.absent


def asked(route: Route) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the route's addresses with the headers to ask with: one of them as htmx would."""
    first = next(addresses(route))
    yield first, HTMX
    yield from ((path, {}) for path in addresses(route))


def test_no_route_is_unlisted(app: Flask) -> None:
    there = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    listed = [(route.method, route.rule) for route in ROUTES]
    assert there == {*listed, *PUBLIC}
    assert len(listed) == len(set(listed))


def test_every_address_of_the_table_is_of_its_route(app: Flask) -> None:
    """A table that asks for other addresses than it says would prove nothing."""
    addressed = app.url_map.bind("localhost")
    for route in ROUTES:
        assert "<" not in route.rule or route.absent, f"{route.rule} names no absent row"
        for path in addresses(route, sorted(ALL)):
            rule, _ = addressed.match(path.split("?")[0], method=route.method, return_rule=True)
            assert rule.rule == route.rule


def test_a_stranger_is_sent_to_sign_in(app: Flask, unchanged: Unchanged) -> None:
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token
    unchanged("before")
    for route in ROUTES:
        for path, headers in asked(route):
            answer = client.open(
                path,
                method=route.method,
                data=dict(route.form) if route.method == "POST" else None,
                headers={"X-CSRFToken": token[1], **headers},
            )
            assert answer.status_code == (401 if headers else 302), path
            target = answer.headers["HX-Redirect" if headers else "Location"]
            assert target.startswith("/login"), path
            unchanged(f"a stranger, {path}")
    assert client.get("/login").status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_for_a_role_is_refused(
    sign_in: SignIn, role: str, unchanged: Unchanged
) -> None:
    """Refused, alike with and without htmx, whether the row exists or not."""
    client = sign_in(role)
    unchanged("before")
    for route in ROUTES:
        if role in route.open_to:
            continue
        for path, headers in asked(route):
            answer = request(client, route, path, headers)
            assert answer.status_code == 403, (route.method, path)
            unchanged(f"{role}, {route.method} {path}")


@pytest.mark.parametrize("role", ROLES)
def test_somebody_elses_row_is_as_absent_as_one_that_does_not_exist(
    sign_in: SignIn, role: str, unchanged: Unchanged
) -> None:
    client = sign_in(role)
    unchanged("before")
    for route in ROUTES:
        if role not in route.open_to or not route.absent:
            continue
        others = sorted(ALL - SEES[role] if route.reaches else ALL - route.sees[role])
        for headers, codes in (({}, others), (HTMX, others[:1])):
            nothing = request(client, route, route.absent, headers)
            assert nothing.status_code == 404, (route.method, route.absent)
            unchanged(f"{role}, {route.method} {route.absent}")
            for code in codes if route.row else ():
                path = route.row.format(code)
                answer = request(client, route, path, headers)
                assert answer.status_code == 404, (route.method, path)
                assert said(answer.text) == said(nothing.text), path
                unchanged(f"{role}, {route.method} {path}")


@pytest.mark.parametrize("role", ROLES)
def test_a_row_that_is_only_to_be_looked_at_is_refused(
    sign_in: SignIn, role: str, unchanged: Unchanged
) -> None:
    client = sign_in(role)
    unchanged("before")
    for route in ROUTES:
        if role not in route.open_to or route.reaches is None:
            continue
        for code in sorted(SEES[role] - route.reaches[role]):
            path = route.row.format(code)
            assert request(client, route, path).status_code == 403, (route.method, path)
            unchanged(f"{role}, {route.method} {path}")


@pytest.mark.parametrize("role", ROLES)
def test_what_is_for_a_role_opens(sign_in: SignIn, role: str, unchanged: Unchanged) -> None:
    """Reading changes nothing; each action answers as the table says."""
    client = sign_in(role)
    unchanged("before")
    for route in sorted(ROUTES, key=lambda route: route.method):
        if role not in route.open_to or route.rule == "/logout":
            continue
        paths = [route.row.format(code) for code in sorted(ALL) if route.may(role, code)]
        for path in [route.plain, *(paths if route.row else [])]:
            if not path:
                continue
            assert request(client, route, path).status_code == route.answers, (route.method, path)
            if route.method == "GET":
                unchanged(f"{role}, reading {path}")


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_and_the_lists_show_what_opens(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    overview = client.get("/").text
    for route in LISTS:
        listed = route.rule.removesuffix("<path:key>")
        assert (f'href="{listed}"' in overview) is (role in route.open_to), listed
        if role not in route.open_to or not route.row:
            continue
        page = client.get(listed).text
        for code in sorted(ALL):
            path = route.row.format(code)
            assert (f'href="{path}"' in page) is route.may(role, code), path


@pytest.mark.parametrize("role", ROLES)
def test_an_export_has_the_rows_of_its_list_and_no_others(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    people = client.get("/people/export.csv").text
    for code in sorted(ALL):
        assert (f"姓名{code}" in people) is (code in SEES[role]), code
    if role not in NO_ADMINISTRATOR:
        return
    for name in ("reviews", "ledger"):
        exported = client.get(f"/{name}/export.csv").text
        for code in sorted(ALL):
            # Whose row it is; for whom a review waits is told of one's own too.
            whose = f"姓名{code},{code}," if name == "reviews" else f"姓名{code}"
            assert (whose in exported) is (code in SEES[role]), (name, code)


@pytest.mark.parametrize("role", sorted(NO_ADMINISTRATOR))
def test_ledger_by_role(sign_in: SignIn, role: str) -> None:
    every_entry = range(1, 2 * len(ALL) + 2)  # two each, and one reversal
    client = sign_in(role)
    answers = [client.get(f"/ledger/{entry}").status_code for entry in every_entry]
    reversals = 1 if "S11" in SEES[role] else 0
    assert answers.count(200) == 2 * len(SEES[role]) + reversals
    assert answers.count(404) == len(answers) - answers.count(200)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_taken_away_stops_at_the_next_request(
    app: Flask, sign_in: SignIn, role: str, unchanged: Unchanged
) -> None:
    client = sign_in(role)
    token = form_token(client)
    with services_of(app).database.write() as session:
        session.execute(sa.delete(AccountRole).where(AccountRole.role == role))
    unchanged("before")
    for route in ROUTES:
        if not route.needs_role:
            continue
        path = next(addresses(route))
        answer = client.open(
            path,
            method=route.method,
            data=dict(route.form) if route.method == "POST" else None,
            headers={"X-CSRFToken": token},
        )
        assert answer.status_code in (403, 404), (route.method, path)
        unchanged(f"{route.method} {path}")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_an_account_switched_off_stops_at_the_next_request(
    app: Flask, sign_in: SignIn, headers: dict[str, str], unchanged: Unchanged
) -> None:
    clients = {role: sign_in(role) for role in ROLES}
    tokens = {role: form_token(client) for role, client in clients.items()}
    with services_of(app).database.write() as session:
        session.execute(sa.update(Account).values(active=False))
    unchanged("before")
    for route in ROUTES:
        path = next(addresses(route))
        for role, client in clients.items():
            answer = client.open(
                path,
                method=route.method,
                data=dict(route.form) if route.method == "POST" else None,
                headers={"X-CSRFToken": tokens[role], **headers},
            )
            assert answer.status_code == (401 if headers else 302), (role, path)
    unchanged("after everything")


def test_every_write_needs_its_token(sign_in: SignIn, unchanged: Unchanged) -> None:
    writes = [route for route in ROUTES if route.method == "POST"]
    clients = {role: sign_in(role) for role in {min(route.open_to) for route in writes}}
    unchanged("before")
    for route in writes:
        client = clients[min(route.open_to)]
        for path in addresses(route):
            for headers in ({}, {**HTMX, "X-CSRFToken": "forged"}):
                answer = client.post(path, data=dict(route.form), headers=headers)
                assert answer.status_code == 400, path
                unchanged(f"POST {path}")


def test_somebody_elses_numbers_are_not_on_shared_pages(sign_in: SignIn) -> None:
    client = sign_in("salesperson")
    shared = [client.get(path).text for path in ("/", f"/cycles/{CYCLE}", "/units/east-1")]
    for page in shared:
        assert "姓名S12" not in page
    for page in shared[1:]:  # the overview says for whom one's own review waits
        assert "姓名M1" not in page
    assert "<strong>1</strong>" in shared[1]  # one review of the ten: one's own


def test_search_and_filters_stay_within_what_is_visible(sign_in: SignIn) -> None:
    client = sign_in("salesperson")
    assert "姓名S12" not in client.get("/reviews/?q=S12").text
    assert "west-1" not in client.get("/reviews/").text
