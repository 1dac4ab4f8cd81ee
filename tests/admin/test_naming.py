"""What pages call things: names where people read, codes where programs do."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import SignIn, csrf_token, services_of
from tests.factories import CYCLE
from tests.organisation import NOW
from workflows.access.actors import SYSTEM
from workflows.log.append import append
from workflows.log.leaf import Subject


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("name", ["reviews", "ledger", "appeals", "simulations"])
def test_a_list_calls_a_cycle_by_its_name(sign_in: SignIn, name: str) -> None:
    text = page(sign_in("hr"), f"/{name}/")
    assert "<code>" + CYCLE not in text
    shown = [line for line in text.splitlines() if CYCLE in line and "<option" not in line]
    assert not [line for line in shown if f">{CYCLE}<" in line]
    assert f">{CYCLE}</option>" not in text


def test_a_file_has_a_cycles_name_and_code(sign_in: SignIn) -> None:
    text = sign_in("hr").get("/reviews/export.csv").get_data(as_text=True)
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    at = header.index("周期编码")
    assert CYCLE in {row[at] for row in rows}
    assert CYCLE not in {row[at - 1] for row in rows}


def test_a_choice_of_a_cycle_still_goes_by_its_code(sign_in: SignIn) -> None:
    client = sign_in("hr")
    assert "row-link" in page(client, f"/reviews/?cycle={CYCLE}")
    assert "row-link" not in page(client, "/reviews/?cycle=none")


def test_a_refusal_says_no_field_of_the_program(sign_in: SignIn) -> None:
    hr = sign_in("hr")
    refused = post(hr, "/organisation/units/east-1/move", "/organisation/", day="", reason="x")
    assert refused.status_code == 400
    assert "缺少日期。" in refused.text
    assert "day: " not in refused.text


def test_a_refused_change_of_a_unit_is_not_hidden_in_the_tree(sign_in: SignIn) -> None:
    hr = sign_in("hr")
    refused = post(hr, "/organisation/units/east-1/move", "/organisation/", day="", reason="x")
    before = refused.text[: refused.text.index('role="alert"')]
    assert [each for each in unclosed(before) if " open" not in each] == []


def test_a_day_of_the_calendar_that_is_missing_is_asked_for(sign_in: SignIn) -> None:
    hr = sign_in("hr")
    refused = post(hr, "/calendar/", "/calendar/", day="", why="司庆")
    assert refused.status_code == 400
    assert "缺少日期。" in refused.text
    assert 'value="司庆"' in refused.text


def test_nothing_ticked_is_said(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    refused = post(manager, "/goals/2026/propose", "/goals/2026/team")
    assert refused.status_code == 400
    assert "没有勾选任何人。" in refused.text


def test_a_refusal_that_says_what_to_do_says_it_once(sign_in: SignIn) -> None:
    text = sign_in("salesperson").get("/reviews/none").text
    assert "notice bad" in text
    assert "请从首页重新开始" not in text
    assert "请从首页重新开始" in sign_in("salesperson").get("/nowhere").text


def test_an_entry_of_the_log_leads_to_the_review_that_it_is_of(app: Flask, sign_in: SignIn) -> None:
    review = Subject("review", "review-S11")
    with services_of(app).database.write() as session:
        seq = append(session, action="hold_review", actor=SYSTEM, subject=review, at=NOW).seq
    text = page(sign_in("auditor"), f"/log/{seq}")
    assert 'href="/reviews/review-S11"' in text
    assert "S11" in text
    assert "<dd>系统</dd>" in text


def post(client: FlaskClient, path: str, page: str, **form: str):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": csrf_token(client, page), **form})


def unclosed(text: str) -> list[str]:
    """Return the ``details`` that are not closed at the end of a part of a page."""
    found: list[str] = []
    for tag in re.findall(r"</?details[^>]*>", text):
        if tag.startswith("</"):
            found.pop()
        else:
            found.append(tag)
    return found


def test_a_choice_of_a_rule_says_its_name(sign_in: SignIn) -> None:
    text = page(sign_in("auditor"), "/ledger/")
    (choice,) = re.findall(r'<select[^>]*name="rule".*?</select>', text, re.DOTALL)
    names = dict(re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)</option>', choice))
    assert names["quarter_bonus"] == "季度达标奖"
