"""The pages of goals: HR shares out and pastes, a person answers, the manager settles."""

from __future__ import annotations

import io
import re

import openpyxl
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.admin.conftest import SignIn
from tests.goals import CODE, YEAR

PLAN = f"/goals/{YEAR}"
TREE = f"{PLAN}/goal/{CODE}"


def send(client: FlaskClient, path: str, **form: object) -> TestResponse:
    found = re.search(r'data-csrf="([^"]+)"', client.get("/").text)
    assert found
    return client.post(path, data=form, headers={"X-CSRFToken": found[1]})


def test_hr_changes_a_figure_and_a_refusal_keeps_what_was_typed(sign_in: SignIn) -> None:
    hr = sign_in("hr")
    page = hr.get(TREE).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    east = re.search(r"at=(\d+)[^>]*>east<", page)
    assert seen and east  # noqa: PT018
    form = {"step": "amount", "node": east[1], "seen": seen[1], "amount": "4,500,000"}
    refused = send(hr, f"{TREE}/figure", **form, reason=" ")
    assert (refused.status_code, "4,500,000" in refused.text) == (400, True)
    assert send(hr, f"{TREE}/figure", **form, reason="新市场").status_code == 303
    assert "新市场" in hr.get(TREE).text
    assert send(hr, f"{TREE}/figure", **form, reason="又").status_code == 409


def test_a_block_is_pasted_and_a_workbook_comes_back(sign_in: SignIn) -> None:
    hr = sign_in("hr")
    row = "\t".join(["S11", "软件", *["50000"] * 12])
    assert "east-1" in send(hr, f"{TREE}/grid", block=row).text
    assert send(hr, f"{TREE}/grid", block=row, taken="reserve").status_code == 303
    assert 'value="50000"' in hr.get(f"{TREE}/grid").text
    data = hr.get(f"{PLAN}/workbook.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    book[CODE]["D3"] = "many"
    stream = io.BytesIO()
    book.save(stream)
    wrong = send(hr, f"{PLAN}/workbook", file=(io.BytesIO(stream.getvalue()), "a.xlsx"))
    assert (wrong.status_code, f"{CODE}!D3" in wrong.text) == (400, True)
    assert send(hr, f"{PLAN}/workbook", file=(io.BytesIO(data), "a.xlsx")).status_code == 303


def test_a_person_counters_the_manager_settles_and_the_next_level_approves(
    sign_in: SignIn,
) -> None:
    own, lead, hr = sign_in("salesperson"), sign_in("manager"), sign_in("hr")
    offer = "/goals/offers/offer-S11"
    assert f"{offer}/answer" in own.get(f"{PLAN}/mine").text
    counter = {"step": "counter", "amount-0": "900000", "reason": "新区"}
    assert send(own, f"{offer}/answer", **counter).status_code == 303
    assert "900000" in lead.get(f"{PLAN}/team").text
    settle = {"amount-0": "950000", "reason": "折中", "taken": "reserve"}
    assert send(lead, f"{offer}/settle", **settle).status_code == 303
    assert "折中" in own.get("/reviews/review-S11/goals").text
    agree = {"step": "agree", "offer": "offer-S11"}
    assert send(lead, f"{PLAN}/agree", **agree).status_code == 403
    assert send(hr, f"{PLAN}/agree", **agree).status_code == 303


def test_a_refused_counter_keeps_its_figures(sign_in: SignIn) -> None:
    own = sign_in("salesperson")
    assert 'name="offer" value="offer-S11"' in own.get(f"{PLAN}/mine").text
    form = {"step": "counter", "offer": "offer-S11", "amount-0": "900001", "reason": " "}
    refused = send(own, "/goals/offers/offer-S11/answer", **form)
    assert (refused.status_code, 'value="900001"' in refused.text) == (400, True)


def test_a_vague_goal_of_ones_own_shows_what_is_missing(sign_in: SignIn) -> None:
    own = sign_in("salesperson")
    page = own.get(f"{PLAN}/mine").text
    assert "增加季度销售额" in page
    assert page.count('badge warn">') >= 4
    typed = {"title": "每个月增加5个新客户", "what": "w", "measure": "新客户数", "quantity": "5",
             "unit": "个", "due_on": "2026-12-31", "parent": CODE}  # fmt: skip
    assert send(own, f"{PLAN}/own", **typed).status_code == 303
    assert "要素齐全" in own.get(f"{PLAN}/mine").text
    assert send(own, f"{PLAN}/own", **typed | {"quantity": "five"}).status_code == 400


def test_a_plan_is_handed_in_and_approved_by_somebody_else(sign_in: SignIn) -> None:
    hr, director = sign_in("hr"), sign_in("sales_director")
    assert send(hr, f"{PLAN}/version", step="submit").status_code == 303
    assert send(director, f"{PLAN}/version", step="approve").status_code == 303
    assert send(hr, f"{PLAN}/version", step="change", reason=" ").status_code == 400
    assert send(hr, f"{PLAN}/version", step="change", reason="年中").status_code == 303
    assert "年中" in hr.get(PLAN).text


def test_months_that_do_not_add_up_are_shown_at_once_to_hr_and_the_manager(
    sign_in: SignIn,
) -> None:
    hr, lead = sign_in("hr"), sign_in("manager")
    pages = ((hr, PLAN), (hr, TREE), (hr, f"{TREE}/grid"), (lead, f"{PLAN}/team"))
    assert not any("2026-01 +" in client.get(page).text for client, page in pages)
    row = "\t".join(["S11", "软件", "600000", *["0"] * 11])
    assert send(hr, f"{TREE}/grid", block=row, taken="reserve").status_code == 303
    assert all("2026-01 +" in client.get(page).text for client, page in pages)
    assert "2026-01 +" not in sign_in("salesperson").get(TREE).text


def test_who_has_no_target_is_listed_with_goal_measure_and_period(sign_in: SignIn) -> None:
    hr, director = sign_in("hr"), sign_in("sales_director")
    assert f"{PLAN}/missing" in hr.get(PLAN).text
    assert "S11" not in hr.get(f"{PLAN}/missing").text
    assert send(hr, f"{PLAN}/version", step="submit").status_code == 303
    assert send(director, f"{PLAN}/version", step="approve").status_code == 303
    page = hr.get(f"{PLAN}/missing").text
    assert all(each in page for each in ("S11", "S33", CODE, "销售额", "2026-Q1", "等待数值"))
    own = sign_in("salesperson").get(f"{PLAN}/missing").text
    assert ("S11" in own, "S12" in own) == (True, False)
