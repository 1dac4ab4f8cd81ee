"""Signing in and out: what it takes, what it tells, when it ends."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import itsdangerous
import pytest
import sqlalchemy as sa
from flask import Flask

from admin.sign_in.throttle import PER_ACCOUNT, PER_ADDRESS, PER_PAIR, WINDOW_SECONDS, Throttle
from tests.admin.conftest import SignIn, csrf_token, post_sign_in, services_of
from tests.factories import PASSWORD
from workflows.accounts.tables import Account, AccountRole
from workflows.base.settings import load_settings
from workflows.log.tables import LogEntry
from wsgi import create_app

EVIL = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/ /evil.example",
]


class FakeClock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(app: Flask) -> FakeClock:
    clock = FakeClock()
    app.extensions["sign_in_throttle"] = Throttle(clock)
    return clock


def test_it_leads_to_where_one_wanted_to_go(app: Flask) -> None:
    client = app.test_client()
    wanted = client.get("/people/?q=S1&page=2")
    assert wanted.location == "/login?next=/people/?q%3DS1%26page%3D2"
    answer = post_sign_in(client, "hr", PASSWORD, next="/people/?q=S1")
    assert answer.location == "/people/?q=S1"


@pytest.mark.parametrize("target", EVIL)
def test_it_never_leads_elsewhere(app: Flask, target: str) -> None:
    answer = post_sign_in(app.test_client(), "hr", PASSWORD, next=target)
    assert answer.status_code == 302
    assert _stays_here(answer.location)


@pytest.mark.parametrize("target", EVIL)
def test_nor_by_the_address(app: Flask, target: str) -> None:
    client = app.test_client()
    form = {"username": "hr", "password": PASSWORD, "csrf_token": csrf_token(client)}
    answer = client.post("/login", query_string={"next": target}, data=form)
    assert answer.status_code == 302
    assert _stays_here(answer.location)


def test_it_does_not_tell_which_part_was_wrong(app: Flask) -> None:
    _deactivate(app, "finance")
    pages = []
    for username, password in (("hr", "wrong"), ("nobody", PASSWORD), ("finance", PASSWORD)):
        client = app.test_client()
        answer = post_sign_in(client, username, password)
        assert answer.status_code == 401
        shown = f'value="{username}"'
        assert shown in answer.text
        tokens = re.compile(r'(name="csrf_token" value|data-csrf)="[^"]+"')
        pages.append(tokens.sub("", answer.text.replace(shown, "")))
    assert pages[0] == pages[1] == pages[2]
    assert "用户名或密码不正确" in pages[0]


def test_a_failed_attempt_writes_nothing(app: Flask) -> None:
    begun: list[Any] = []
    sa.event.listen(services_of(app).database.write_engine, "begin", begun.append)
    post_sign_in(app.test_client(), "hr", "wrong")
    assert begun == []
    post_sign_in(app.test_client(), "hr", PASSWORD)
    assert len(begun) == 1  # the log's entry


def test_the_log_hears_of_it(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hr")
    client.post("/logout", data={"csrf_token": csrf_token(client, "/")})
    with services_of(app).database.read() as session:
        account = session.scalars(sa.select(Account).where(Account.username == "hr")).one()
        entries = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq)).all()
    heard = [(each.action, each.actor) for each in entries if each.action.startswith("sign_")]
    assert heard == [
        ("sign_in", account.public_id),
        ("sign_out", account.public_id),
    ]


def test_guessing_is_throttled(app: Flask, clock: FakeClock) -> None:
    client = app.test_client()
    for _ in range(PER_PAIR):
        assert post_sign_in(client, "hr", "wrong").status_code == 401
    refused = post_sign_in(client, "hr", PASSWORD)
    assert refused.status_code == 429
    assert "15 分钟" in refused.text
    assert post_sign_in(client, "auditor", PASSWORD).status_code == 302
    clock.now += WINDOW_SECONDS
    assert post_sign_in(app.test_client(), "hr", PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("limit", "username", "address"),
    [(PER_ACCOUNT, "hr", "10.0.0.{}"), (PER_ADDRESS, "user{}", "10.0.0.1")],
)
def test_guessing_from_many_addresses_or_at_many_accounts(
    limit: int, username: str, address: str
) -> None:
    clock = FakeClock()
    throttle = Throttle(clock)
    for attempt in range(limit):
        assert throttle.seconds_to_wait(username.format("x"), address.format(0)) == 0
        throttle.failed(username.format(attempt), address.format(attempt))
    assert throttle.seconds_to_wait(username.format("x"), address.format(0)) == WINDOW_SECONDS
    clock.now += WINDOW_SECONDS
    assert throttle.seconds_to_wait(username.format("x"), address.format(0)) == 0


def test_signing_in_forgets_ones_own_mistakes() -> None:
    throttle = Throttle(FakeClock())
    for _ in range(PER_PAIR - 1):
        throttle.failed("hr", "10.0.0.1")
    throttle.succeeded("hr", "10.0.0.1")
    throttle.failed("hr", "10.0.0.1")
    assert throttle.seconds_to_wait("hr", "10.0.0.1") == 0


@pytest.mark.parametrize("path", ["/login", "/logout", "/preferences/language"])
def test_every_post_needs_its_token(sign_in: SignIn, path: str) -> None:
    client = sign_in("hr")
    answer = client.post(path, data={"value": "en", "username": "hr", "password": PASSWORD})
    assert answer.status_code == 400
    assert "此表单已失效" in answer.text
    assert client.get("/").status_code == 200


def test_signing_out_is_a_post(sign_in: SignIn) -> None:
    client = sign_in("hr")
    assert client.get("/logout").status_code == 405
    assert client.get("/people/").status_code == 200
    client.post("/logout", data={"csrf_token": csrf_token(client, "/")})
    assert client.get("/people/").status_code == 302


def test_a_role_taken_away_stops_at_the_next_request(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("auditor")
    assert client.get("/log/").status_code == 200
    with services_of(app).database.write() as session:
        session.execute(sa.delete(AccountRole).where(AccountRole.role == "auditor"))
    assert client.get("/log/").status_code == 403


def test_an_account_switched_off_stops_at_the_next_request(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hr")
    _deactivate(app, "hr")
    assert client.get("/people/").status_code == 302


def test_a_session_ends_after_twelve_hours(sign_in: SignIn) -> None:
    client = sign_in("hr")
    with client.session_transaction() as session:
        session["fs_paa"] = time.time() - 12 * 3600 - 1
    assert client.get("/people/").status_code == 302


def test_a_session_ends_after_eight_idle_hours(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("hr")
    later = time.time() + 8 * 3600 + 60
    monkeypatch.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda _: int(later))
    assert client.get("/people/").status_code == 302


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_session_cookie(app: Flask, scheme: str) -> None:
    client = app.test_client()
    page = client.get("/login", base_url=f"{scheme}://localhost")
    (cookie,) = [c for c in page.headers.getlist("Set-Cookie") if c.startswith("kaoheng_session=")]
    parts = set(cookie.split("; "))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= parts
    assert ("Secure" in parts) is (scheme == "https")


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_proxys_word_counts_only_where_there_is_one(home: Path, proxies: int) -> None:
    app = create_app(load_settings({"KAOHENG_HOME": str(home), "KAOHENG_PROXIES": str(proxies)}))
    page = app.test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert ("Secure" in page.headers["Set-Cookie"]) is bool(proxies)
    services_of(app).database.close()


def test_the_librarys_own_tokens_and_answers_do_not_exist(app: Flask) -> None:
    client = app.test_client()
    answer = client.post(
        "/login?include_auth_token",
        json={"username": "hr", "password": PASSWORD},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 400
    assert "auth_token" not in answer.text


def _stays_here(location: str) -> bool:
    """Say whether a browser stays on this site; it reads a backslash as a slash."""
    read = urljoin("http://localhost/login", location.replace("\\", "/"))
    return urlsplit(read).netloc == "localhost"


def _deactivate(app: Flask, username: str) -> None:
    with services_of(app).database.write() as session:
        session.execute(sa.update(Account).where(Account.username == username).values(active=False))
