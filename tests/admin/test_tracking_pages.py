"""Pages of tracking, plans and the programme: what happens, and that nothing typed is lost."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from tests.admin.conftest import SignIn, services_of
from tests.admin.test_access import form_token
from tests.organisation import SINCE
from workflows.org.tables import Membership
from workflows.plans.tables import Plan
from workflows.programme.questions import QUESTIONS
from workflows.tracking.tables import CheckIn, Undertaking

HOLD = "/check-ins/check-in-S11/hold"


def test_a_manager_records_a_check_in_and_the_person_reads_it(app: Flask, sign_in: SignIn) -> None:
    manager, person = sign_in("manager"), sign_in("salesperson")
    typed = {
        "csrf_token": form_token(manager),
        "held_on": "2026-02-10",
        "summary": "跟进 <三家> 客户",
        "problems": "赢单率偏低",
        "state-measure-S11": "done",
        "said-measure-S11": "回访十二次",
        "measure-1-what": "每周陪访",
        "measure-1-owner": "S11",
        "measure-1-due": "2100-01-01",
    }
    refused = manager.post(HOLD, data=typed)
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text
    for kept in ("跟进 &lt;三家&gt; 客户", "赢单率偏低", "回访十二次", "每周陪访", "2100-01-01"):
        assert kept in refused.text
    done = manager.post(HOLD, data={**typed, "praise": "客户维护细致", "advice": "先确认需求"})
    assert (done.status_code, done.location) == (303, "/check-ins/check-in-S11")
    page = person.get("/check-ins/check-in-S11").text
    for said in ("先确认需求", "客户维护细致", "每周陪访"):
        assert said in page
    assert HOLD not in page
    assert "跟进 &lt;三家&gt; 客户" in person.get("/reviews/review-S11/tracking").text
    with services_of(app).database.read() as session:
        states = sa.select(Undertaking.state).where(Undertaking.public_id == "measure-S11")
        assert session.scalar(states) == "done"
        held = sa.select(CheckIn.state).where(CheckIn.public_id == "check-in-S11")
        assert session.scalar(held) == "held"


def test_whoever_only_reads_results_sees_no_talks(sign_in: SignIn) -> None:
    page = sign_in("finance").get("/reviews/review-S11/tracking").text
    assert "check-in-S11" not in page
    assert "每周回访客户" not in page


def test_a_plan_goes_its_way_on_its_page(app: Flask, sign_in: SignIn) -> None:
    manager = sign_in("manager")
    token = {"csrf_token": form_token(manager)}
    page = manager.get("/plans/plan-S11").text
    assert "/plans/plan-S11/evaluate" in page
    assert "/plans/plan-S11/agree" not in page
    said = {**token, "conclusion": "赢单率提高"}
    assert manager.post("/plans/plan-S11/evaluate", data=said).status_code == 303
    assert manager.post("/plans/plan-S11/end", data=token).status_code == 303
    with services_of(app).database.read() as session:
        plan = session.scalars(sa.select(Plan).where(Plan.public_id == "plan-S11")).one()
        assert (plan.state, plan.conclusion) == ("ended", "赢单率提高")
        assert plan.effect
    assert "/plans/plan-S11/end" not in manager.get("/plans/plan-S11").text


def test_a_draft_that_is_refused_keeps_what_was_typed(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    typed = {"kind": "development", "goal": "独立 & 带队", "starts_on": "2026-03-01"}
    answer = manager.post(
        "/reviews/review-S11/plans", data={**typed, "csrf_token": form_token(manager)}
    )
    assert answer.status_code == 400
    assert "独立 &amp; 带队</textarea>" in answer.text
    assert '<option value="development" selected>' in answer.text


def test_a_survey_is_answered_once(sign_in: SignIn) -> None:
    person = sign_in("salesperson")
    token = {"csrf_token": form_token(person)}
    some = {each.code: "4" for each in QUESTIONS[1:]}
    refused = person.post("/survey/survey-1", data={**token, **some, "text": "目标过高"})
    assert refused.status_code == 400
    assert "目标过高" in refused.text
    whole = {each.code: "4" for each in QUESTIONS}
    assert person.post("/survey/survey-1", data={**token, **whole}).status_code == 303
    assert 'type="radio"' not in person.get("/survey/survey-1").text
    assert person.post("/survey/survey-1", data={**token, **whole}).status_code == 409


def test_a_leavers_review_says_what_is_settled(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("finance")
    assert "1,234.67" not in client.get("/reviews/review-S12").text.partition("<h2>")[0]
    with services_of(app).database.write() as session:
        session.execute(sa.update(Membership).values(valid_to=SINCE.replace(year=2020)))
    page = client.get("/reviews/review-S12").text
    assert "¥1,234.68" in page  # 123456 + 12 fen, settled
    assert "2019" in page or "2020" in page


def test_the_file_is_exported(sign_in: SignIn) -> None:
    text = sign_in("hr").get("/file/S11/export").data.decode("utf-8-sig")
    assert text.splitlines()[0] == "person,item,there,day,what"
    assert any(line.startswith("S11,training,true,2026-02-10") for line in text.splitlines())
