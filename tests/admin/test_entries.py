"""A policy of very many fields: an entry's come when it is opened, and nothing is lost by it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin.rulebook import entries
from tests.admin.conftest import SignIn
from tests.admin.test_rulebook import CAP, REVENUE, form_of, post, text_of

NAME = "kpis.won_revenue.name.zh"
ENTRY = "/rulebook/east/draft/entry?of=kpis.won_revenue"


@pytest.fixture
def hr(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(entries, "MANY", 5)
    return sign_in("hr")


def test_an_entry_has_its_fields_when_it_is_opened(hr: FlaskClient) -> None:
    page = hr.get("/rulebook/east/draft").text
    assert 'data-entry="kpis.won_revenue"' in page
    assert NAME not in form_of(page)
    assert REVENUE in form_of(page)  # the table above the entries is there
    assert NAME in form_of(post(hr, ENTRY, edit="1").text)
    assert post(hr, f"{ENTRY}.no", edit="1").status_code == 404


def test_what_is_not_on_the_page_stays_as_it_is(hr: FlaskClient) -> None:
    before = text_of(hr.get("/rulebook/east/draft/text").text)
    form = form_of(hr.get("/rulebook/east/draft").text) | {CAP: "140"}
    assert post(hr, "/rulebook/east/draft", **form).status_code == 303
    after = text_of(hr.get("/rulebook/east/draft/text").text)
    assert after == before.replace("cap: 130}", "cap: 140}")


def test_an_entry_is_of_the_text_that_the_form_carries(hr: FlaskClient) -> None:
    text = text_of(hr.get("/rulebook/east/draft/text").text)
    before = form_of(post(hr, ENTRY, edit="1").text)[NAME]
    carried = text.replace(before, "别的名称", 1)
    assert form_of(post(hr, ENTRY, edit="1", text=carried).text)[NAME] == "别的名称"


def test_an_entry_with_a_fault_is_open(hr: FlaskClient) -> None:
    text = text_of(hr.get("/rulebook/east/draft/text").text)
    broken = text.replace(form_of(post(hr, ENTRY, edit="1").text)[NAME], '""', 1)
    page = post(hr, "/rulebook/east/draft/form", edit="1", text=broken).text
    assert NAME in form_of(page)


def test_what_was_typed_into_an_entry_stays_on_a_page_that_was_refused(hr: FlaskClient) -> None:
    assert post(hr, "/rulebook/east/draft", edit="1", **{CAP: "140"}).status_code == 303
    stale = post(hr, "/rulebook/east/draft", edit="1", **{NAME: "别的名称"})
    assert stale.status_code == 409
    assert form_of(stale.text)[NAME] == "别的名称"
