"""The page that follows a form says once what was done, in the visitor's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.admin.conftest import csrf_token, post_sign_in
from tests.factories import PASSWORD

SignIn = Callable[[str], FlaskClient]
REVIEW = "/reviews/review-S11"
TEMPLATES = Path(__file__).parent.parent.parent / "admin/templates"


def send(client: FlaskClient, address: str, key: str = "", **form: str) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    token = csrf_token(client, "/")
    return client.post(address, data={**form, "csrf_token": token}, headers=headers)


def move(client: FlaskClient, key: str = "", version: str = "6") -> TestResponse:
    form = {"transition": "confirm_feedback", "version": version}
    return send(client, f"{REVIEW}/moves", key, **form)


def said(page: TestResponse) -> list[str]:
    return re.findall(
        r'<div class="notice good done" role="status" data-done><p>(.*?)</p>', page.text
    )


def test_what_was_done_is_said_once(sign_in: SignIn) -> None:
    client = sign_in("manager")
    answer = move(client)
    assert said(client.get(answer.location)) == ["已完成：流转考核表。"]
    assert said(client.get(answer.location)) == []


def test_it_is_said_in_the_language_of_the_visitor(sign_in: SignIn) -> None:
    client = sign_in("manager")
    client.set_cookie("language", "en")
    assert said(client.get(move(client).location)) == ["Done: Moved a review."]


def test_a_refusal_says_nothing_of_success(sign_in: SignIn) -> None:
    client = sign_in("manager")
    refused = move(client, version="5")
    assert refused.status_code == 409
    assert said(refused) == []
    assert said(client.get(REVIEW)) == []


def test_on_another_page_it_is_dropped(sign_in: SignIn) -> None:
    client = sign_in("manager")
    answer = move(client)
    assert said(client.get("/")) == []
    assert said(client.get(answer.location)) == []


def test_sent_again_the_page_that_follows_says_it_too(sign_in: SignIn) -> None:
    client = sign_in("manager")
    first = move(client, "a key")
    client.get(first.location)
    again = move(client, "a key")
    assert "Kaoheng-Done" not in again.headers
    assert said(client.get(again.location)) == ["已完成：流转考核表。"]


def test_a_page_that_says_it_itself_says_it_once(sign_in: SignIn) -> None:
    """Moving many reports on the spot, and nothing is left for the page after it."""
    client = sign_in("manager")
    form = {"review": "review-S11:6", "transition": "confirm_feedback"}
    report = send(client, "/waiting/moves", **form)
    assert report.status_code == 200
    assert said(report) == []
    assert said(client.get("/")) == []


def test_what_the_log_does_not_have_is_saved(sign_in: SignIn) -> None:
    client = sign_in("hr")
    client.set_cookie("language", "en")
    taken = send(client, "/rulebook/east/draft/take", seen="0", seq="0")
    assert said(client.get(taken.location)) == ["Saved."]


def test_whose_password_is_new_is_told_where_they_sign_in_with_it(sign_in: SignIn) -> None:
    client = sign_in("finance")
    new = "another long password 7"
    answer = send(client, "/password", current=PASSWORD, new=new, again=new)
    page = client.get(answer.location)
    assert said(page) == ["已完成：修改了密码。"]
    assert post_sign_in(client, "finance", new).status_code == 302


@pytest.mark.parametrize("name", ["manager", "hr"])
def test_nothing_is_said_to_whoever_only_looks(sign_in: SignIn, name: str) -> None:
    assert said(sign_in(name).get(REVIEW)) == []


def test_no_page_has_something_else_of_that_name() -> None:
    """A page's own macro or value of that name would stand where success is told, or the like."""
    own = re.compile(r"(macro|set) (what_was_done|done_before|done_here)\b")
    found = {path.name for path in TEMPLATES.rglob("*.html") if own.search(path.read_text())}
    assert found == {"done.html"}
