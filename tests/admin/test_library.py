"""Beginning a policy, taking KPIs into it, who is under which policy, and many changed at once."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.admin.conftest import SignIn, csrf_token, services_of
from workflows.library.beginning import RESERVED
from workflows.library.kpis import library_kpis
from workflows.library.templates import EMPTY, templates
from workflows.rulebook.reading import edit_of, open_draft

NEW = {"code": "south-b2b", "zh": "华南客户经理", "en": "Account managers of the south"}


@pytest.fixture
def hr(sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


def post(client: FlaskClient, path: str, **form: str) -> TestResponse:
    token = csrf_token(client, "/rulebook/new?template=empty")
    return client.post(path, data={"csrf_token": token, **form})


def text_of(app: Flask, code: str) -> str:
    with services_of(app).database.read() as session:
        draft = open_draft(session, code)
        return edit_of(session, draft, draft.seq).text


def test_the_library_is_laid_out_in_words(hr: FlaskClient) -> None:
    page = hr.get("/rulebook/new").text
    assert all(each.policy.name.zh in page for each in templates())
    assert "季度销售考核" in page  # and what may be copied


def test_a_policy_is_begun_from_a_template(hr: FlaskClient, app: Flask) -> None:
    form = hr.get("/rulebook/new?template=account-manager-b2b").text
    assert 'name="posts" value="客户经理"' in form
    done = post(
        hr, "/rulebook/new", template="account-manager-b2b", period="month", year="2027",
        role="salesperson", posts="客户经理， 大客户经理", regions="east", currency="cny", **NEW,
    )  # fmt: skip
    assert (done.status_code, done.location) == (303, "/rulebook/south-b2b/draft")
    text = text_of(app, "south-b2b")
    assert "scope: {role: salesperson, posts: [客户经理, 大客户经理], regions: [east]}" in text
    assert "2027-01: 4000000" in text
    page = hr.get("/rulebook/south-b2b/draft").text
    assert "/rulebook/south-b2b/draft/library" in page


def test_a_copy_of_a_version(hr: FlaskClient, app: Flask) -> None:
    assert "east/1" in hr.get("/rulebook/new?copy=east/1").text
    done = post(hr, "/rulebook/new", copy="east/1", **NEW)
    assert done.status_code == 303, done.text
    assert "policy: south-b2b" in text_of(app, "south-b2b")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"code": "east"}, 409),
        ({"code": "Süd"}, 400),
        ({"code": ""}, 400),
        ({"currency": "none"}, 400),
        ({"year": "MMXX", "period": "week"}, 400),
        ({"template": "none"}, 404),
        ({"template": "", "copy": "none/1"}, 404),
        ({"template": "", "copy": "east/99999999999999999999"}, 303),
    ],
)
def test_what_is_refused_is_told_on_the_form(
    hr: FlaskClient, changed: dict[str, str], status: int
) -> None:
    answer = post(hr, "/rulebook/new", **{"template": EMPTY, **NEW, **changed})
    assert answer.status_code == status, answer.text
    if status in {400, 409}:
        assert 'role="alert"' in answer.text
        assert NEW["zh"] in answer.text  # what was typed is still there


def test_a_kpi_is_taken_into_a_draft(hr: FlaskClient, app: Flask) -> None:
    post(hr, "/rulebook/new", template=EMPTY, **NEW)
    page = hr.get("/rulebook/south-b2b/draft/library").text
    assert all(f'id="kpi-{kpi.code}"' in page for kpi in library_kpis())
    added = post(hr, "/rulebook/south-b2b/draft/library", kpi="clv", seen="0", weight="100%")
    assert added.location == "/rulebook/south-b2b/draft#field-kpis-clv-weight"
    assert 'id="field-kpis-clv-weight"' in hr.get("/rulebook/south-b2b/draft").text
    twice = post(hr, "/rulebook/south-b2b/draft/library", kpi="clv", seen="1")
    assert twice.status_code == 409
    late = post(hr, "/rulebook/south-b2b/draft/library", kpi="cac", seen="0")
    assert late.status_code == 409
    assert post(hr, "/rulebook/south-b2b/draft/library", kpi="no", seen="1").status_code == 404
    assert text_of(app, "south-b2b").count("clv:") == 2  # the KPI and the step it is of


def test_who_is_under_which_policy(hr: FlaskClient) -> None:
    page = hr.get("/rulebook/coverage").text
    assert 'href="/people/S11"' in page
    assert "badge good" in page
    gaps = hr.get("/rulebook/coverage?state=none").text
    assert 'href="/people/M1"' in gaps  # no policy is for managers
    assert 'href="/people/S11"' not in gaps
    west = hr.get("/rulebook/coverage?unit=west-1&q=s3").text
    assert re.findall(r'href="/people/(\w+)"', west) == ["S31", "S32", "S33"]
    assert "/people/S" not in hr.get("/rulebook/coverage?on=1999-01-01").text
    for odd in ("on=soon", "period=week", "page=99", "page=x", "drafts=yes", "state=odd"):
        assert hr.get(f"/rulebook/coverage?{odd}").status_code == 200


def test_the_matrix_as_a_file(hr: FlaskClient) -> None:
    answer = hr.get("/rulebook/coverage/export.csv?state=none")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    assert [line.split(",")[0] for line in answer.text.splitlines()][1:] == ["M1", "M2", "M3"]


def test_one_value_in_many_policies(hr: FlaskClient, app: Flask) -> None:
    page = hr.get("/rulebook/bulk?field=total.cap").text
    assert 'name="value-east"' in page
    seen = re.search(r'name="seen-east" value="([^"]*)"', page)
    assert seen
    typed = {"field": "total.cap", "policy": "east", "all": "140", "seen-east": seen[1]}
    before = text_of(app, "east")
    shown = post(hr, "/rulebook/bulk", **typed)
    assert "<ins>140</ins>" in shown.text
    assert text_of(app, "east") == before
    made = post(hr, "/rulebook/bulk", make="yes", **typed)
    assert 'href="/rulebook/east/draft"' in made.text
    assert text_of(app, "east") == before.replace("cap: 130}", "cap: 140}")
    again = post(hr, "/rulebook/bulk", make="yes", **{**typed, "all": "150"})
    assert "badge warn" in again.text  # it is not as it was seen any more
    assert "cap: 140}" in text_of(app, "east")


@pytest.mark.parametrize("form", [{}, {"field": "no.such"}, {"field": "total.cap", "policy": "no"}])
def test_nothing_chosen_is_told(hr: FlaskClient, form: dict[str, str]) -> None:
    answer = post(hr, "/rulebook/bulk", **form)
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text


def test_no_policy_can_be_called_as_a_page_is(app: Flask) -> None:
    rules = {str(rule) for rule in app.url_map.iter_rules()}
    pages = {rule.split("/")[2] for rule in rules if re.fullmatch(r"/rulebook/[a-z-]+(/.*)?", rule)}
    assert pages <= RESERVED
