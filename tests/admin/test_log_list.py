"""The log as a list: what entries are about by name, and what can be left out of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import services_of
from workflows.access.actors import SYSTEM
from workflows.log.append import append
from workflows.log.leaf import Subject

SignIn = Callable[[str], FlaskClient]
AT = datetime(2026, 7, 20, 4, tzinfo=UTC)


@pytest.fixture
def auditor(app: Flask, sign_in: SignIn) -> FlaskClient:
    with services_of(app).database.write() as session:
        review = Subject("review", "review-S11")
        append(session, action="hold_review", actor=SYSTEM, subject=review, at=AT)
        gone = Subject("review", "0" * 32)
        append(session, action="seal_review", actor=SYSTEM, subject=gone, at=AT)
    client = sign_in("auditor")
    client.set_cookie("language", "en")
    return client


def rows(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    text = client.get(f"/log/export.csv{query}").text
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def actions(client: FlaskClient, query: str = "") -> set[str]:
    return {row["Action"] for row in rows(client, query)}


def test_an_entry_says_whose_review_it_is_of(auditor: FlaskClient) -> None:
    found = {row["Id"]: row["Called"] for row in rows(auditor)}
    assert found["review-S11"].startswith("姓名S11 S11 · ")
    assert found["0" * 32] == ""
    page = auditor.get("/log/").text
    assert found["review-S11"] in page
    assert f'<code title="{"0" * 32}">' in page


def test_nothing_is_left_out_before_somebody_chooses_so(auditor: FlaskClient) -> None:
    assert {"Signed in", "Held a review back"} <= actions(auditor)
    assert '<option value="">Nothing</option>' in auditor.get("/log/").text


@pytest.mark.parametrize(
    ("left_out", "gone", "there"),
    [
        ("signing", "Signed in", "Held a review back"),
        ("system", "Held a review back", "Signed in"),
    ],
)
def test_what_others_drown_in_can_be_left_out(
    auditor: FlaskClient, left_out: str, gone: str, there: str
) -> None:
    found = actions(auditor, f"?without={left_out}")
    assert gone not in found
    assert there in found


def test_an_unknown_choice_leaves_everything_in(auditor: FlaskClient) -> None:
    assert rows(auditor, "?without=others") == rows(auditor)


def test_a_search_finds_who_is_concerned_and_who_acted(auditor: FlaskClient) -> None:
    found = rows(auditor, "?q=姓名S11")
    assert "review-S11" in {row["Id"] for row in found}
    assert all("姓名S11" in row["Called"] for row in found)
    assert {row["By"] for row in rows(auditor, "?q=auditor")} == {"auditor"}
