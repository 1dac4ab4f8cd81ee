"""A POST that is sent twice under one key is done once and answered twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import csrf_token, services_of
from workflows.idempotency.operations import KEPT, Asked, claim
from workflows.idempotency.tables import AnsweredRequest
from workflows.reviews.tables import ReviewMove

TEMPLATES = Path(__file__).parent.parent.parent / "admin/templates"
FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)
MOVE = "/reviews/review-S11/moves"
SignIn = Callable[[str], FlaskClient]


def send(client: FlaskClient, key: str | None, **form: str):  # type: ignore[no-untyped-def]
    sent = {"version": "6", "transition": "confirm_feedback", **form}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(MOVE, data={**sent, "csrf_token": csrf_token(client, "/")}, headers=headers)


def moves(app: Flask) -> int:
    with services_of(app).database.read() as session:
        count = sa.select(sa.func.count()).where(ReviewMove.transition == "confirm_feedback")
        return session.scalar(count) or 0


def kept(app: Flask) -> list[int | None]:
    with services_of(app).database.read() as session:
        return list(session.scalars(sa.select(AnsweredRequest.status)))


def test_sent_again_it_is_answered_alike_and_done_once(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    first = send(client, "a key")
    again = send(client, "a key")
    assert first.status_code == 303
    assert (again.status_code, again.location, again.data) == (303, first.location, first.data)
    assert moves(app) == 1
    assert kept(app) == [303]


def test_without_a_key_it_is_done_as_it_comes(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    assert send(client, None).status_code == 303
    assert send(client, None).status_code == 409  # the review is no longer there
    assert kept(app) == []


def test_another_content_under_the_same_key_is_refused(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    send(client, "a key")
    other = send(client, "a key", reason="另一件事")
    assert other.status_code == 409
    assert "用过" in other.text
    assert moves(app) == 1


def test_keys_are_each_account_s_own(app: Flask, sign_in: SignIn) -> None:
    send(sign_in("manager"), "a key")
    assert send(sign_in("hr"), "a key").status_code == 409  # done anew: somebody was first
    assert kept(app) == [303]


def test_what_was_refused_leaves_nothing_and_may_be_sent_again(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    assert send(client, "a key", version="5").status_code == 409
    assert kept(app) == []
    assert send(client, "a key").status_code == 303


def test_whose_answer_was_lost_is_told_so(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    send(client, "a key")
    with services_of(app).database.write() as session:
        session.execute(sa.update(AnsweredRequest).values(status=None, headers=None, body=None))
    again = send(client, "a key")
    assert again.status_code == 409
    assert moves(app) == 1


def test_every_form_that_posts_has_a_key() -> None:
    forms = [
        form
        for template in sorted(TEMPLATES.rglob("*.html"))
        if template.name not in ("sign_in.html", "preferences.html")
        for form in re.findall(
            r'<form[^>]*method="post".*?</form>', template.read_text(), re.DOTALL
        )
    ]
    assert forms
    for form in forms:
        assert re.search(r"\b(form_token|csrf|hidden)\(", form), form[:200]


def test_what_is_shown_once_is_kept_nowhere(app: Flask, sign_in: SignIn) -> None:
    """Neither a new account's password and token, nor what a new password could be guessed from."""
    client = sign_in("administrator")
    form = {"username": "new", "give": "auditor", "csrf_token": csrf_token(client, "/")}
    headers = {"Idempotency-Key": "a key"}
    made = client.post("/accounts/new", data=form, headers=headers)
    assert made.status_code == 200
    with services_of(app).database.read() as session:
        row = session.scalars(sa.select(AnsweredRequest)).one()
        assert (row.status, row.body) == (None, None)
        parts = [b"", b"/accounts/new?", b"give", b"auditor", b"username", b"new"]
        bare = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts))
        assert row.fingerprint != bare.hexdigest()
    again = client.post("/accounts/new", data=form, headers=headers)
    assert again.status_code == 409


def test_a_field_twice_is_not_two_fields(sign_in: SignIn) -> None:
    client = sign_in("manager")
    send(client, "a key", a="b", c="d")
    form = {"version": "6", "transition": "confirm_feedback", "a": ["b", "c", "d"]}
    token = csrf_token(client, "/")
    again = client.post(
        MOVE, data={**form, "csrf_token": token}, headers={"Idempotency-Key": "a key"}
    )
    assert again.status_code == 409


def test_an_answer_is_forgotten_after_its_time(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    send(client, "a key")
    with services_of(app).database.write() as session:
        (at,) = session.scalars(sa.select(AnsweredRequest.asked_at))
        for past, left in ((timedelta(0), 1), (timedelta(seconds=1), 0)):
            claim(session, at + KEPT + past, Asked(1, f"later {past}", "-"))
            kept_still = sa.select(AnsweredRequest.id).where(AnsweredRequest.key == "a key")
            assert len(session.scalars(kept_still).all()) == left
