"""Moving and grading on pages: what happens, what is told, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.admin.conftest import SignIn, services_of
from tests.admin.test_access import form_token
from tests.organisation import NOW
from tests.statements import counted
from workflows.cycles.tables import Evaluation
from workflows.incentives.tables import LedgerEntry, Proposal
from workflows.org.tables import Person
from workflows.reviews.tables import GradeChange, Review, ReviewMove

# In the tests' company S11 is in feedback and S12 in calibration, both at version 6.
MANY = "/waiting/moves"


def stage_of(app: Flask, person: str) -> tuple[str, str | None, int]:
    with services_of(app).database.read() as session:
        review = session.scalars(
            sa.select(Review).join(Review.person).where(Person.code == person)
        ).one()
        return review.stage, review.calibrated_grade, review.version


def test_a_manager_moves_a_review_on(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    form = {"csrf_token": form_token(client), "version": "6", "transition": "confirm_feedback"}
    answer = client.post("/reviews/review-S11/moves", data=form)
    assert (answer.status_code, answer.location) == (303, "/reviews/review-S11")
    assert stage_of(app, "S11") == ("closed", None, 7)
    assert "confirm_feedback" not in client.get("/reviews/review-S11").text


def test_the_second_is_told_and_keeps_what_they_typed(app: Flask, sign_in: SignIn) -> None:
    first, second = sign_in("hr"), sign_in("manager")
    grade = {"version": "6", "grade": "A", "reason": "带教新人"}
    tokens = form_token(first), form_token(second)
    done = first.post("/reviews/review-S12/grade", data={**grade, "csrf_token": tokens[0]})
    assert done.status_code == 303
    late = {**grade, "grade": "C", "reason": "客户投诉 <两次>", "csrf_token": tokens[1]}
    answer = second.post("/reviews/review-S12/grade", data=late)
    assert answer.status_code == 409
    assert "客户投诉 &lt;两次&gt;</textarea>" in answer.text
    assert '<option value="C" selected>' in answer.text
    assert 'role="alert"' in answer.text
    assert 'name="version" value="7"' in answer.text  # to decide again on what is there now
    assert stage_of(app, "S12") == ("calibration", "A", 7)


def test_who_was_overtaken_by_a_move_keeps_the_reason(app: Flask, sign_in: SignIn) -> None:
    """The form is gone with the stage; what was written into it is not."""
    first, second = sign_in("sales_director"), sign_in("manager")
    tokens = form_token(first), form_token(second)
    move = {"version": "6", "transition": "submit_result", "csrf_token": tokens[0]}
    assert first.post("/reviews/review-S12/moves", data=move).status_code == 303
    late = {"version": "6", "grade": "C", "reason": "客户投诉两次", "csrf_token": tokens[1]}
    answer = second.post("/reviews/review-S12/grade", data=late)
    assert answer.status_code == 409
    assert "客户投诉两次" in answer.text


def test_a_grade_needs_a_reason(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    form = {"csrf_token": form_token(client), "version": "6", "grade": "A", "reason": " "}
    answer = client.post("/reviews/review-S12/grade", data=form)
    assert answer.status_code == 400
    assert '<option value="A" selected>' in answer.text
    assert stage_of(app, "S12")[2] == 6


def test_fields_that_nobody_may_set_have_no_effect(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    forged = dict.fromkeys(("stage", "state", "total", "actor_id", "role", "person_id"), "1")
    form = {"version": "6", "grade": "C", "reason": "理由", "csrf_token": form_token(client)}
    answer = client.post("/reviews/review-S12/grade", data={**forged, **form})
    assert answer.status_code == 303
    assert stage_of(app, "S12") == ("calibration", "C", 7)
    with services_of(app).database.read() as session:
        change = session.scalars(
            sa.select(GradeChange).order_by(GradeChange.id.desc()).limit(1)
        ).one()
        assert change.actor_id != 1


def test_many_are_moved_and_the_rest_is_reported(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hr")
    chosen = ["review-S11:6", "review-S21:5", "review-S12:6", "review-S31:6"]
    form = {
        "csrf_token": form_token(client),
        "transition": "confirm_feedback",
        "review": chosen,
    }
    answer = client.post(MANY, data=form)
    assert answer.status_code == 200
    assert [stage_of(app, code)[0] for code in ("S11", "S21", "S12", "S31")] == [
        "closed",
        "feedback",  # seen at an older version
        "calibration",  # not there yet
        "closed",
    ]
    alert = re.search(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
    assert alert
    assert re.findall(r"姓名(S\d+)", alert[1]) == ["S21", "S12"]  # each once, whoever says it
    assert 'value="review-S12:6" checked' in answer.text  # what was ticked stays so
    with services_of(app).database.read() as session:
        moved = sa.select(sa.func.count()).where(ReviewMove.transition == "confirm_feedback")
        assert session.scalar(moved) == 2


def test_somebody_elses_review_among_many_is_not_there(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    form = {
        "csrf_token": form_token(client),
        "transition": "confirm_feedback",
        "review": ["review-S11:6", "review-S31:6"],
    }
    answer = client.post(MANY, data=form, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "S31" not in answer.text
    assert stage_of(app, "S11")[0] == "closed"
    assert stage_of(app, "S31")[0] == "feedback"


def test_the_buttons_are_those_of_ones_role(sign_in: SignIn) -> None:
    in_feedback, in_calibration = "/reviews/review-S11", "/reviews/review-S12"
    for role, moves, grades in (
        ("manager", True, True),
        ("hr", True, True),
        ("salesperson", False, None),
        ("auditor", False, False),
        ("finance", False, False),
    ):
        client = sign_in(role)
        assert ("confirm_feedback" in client.get(in_feedback).text) is moves, role
        if grades is not None:
            assert ('/grade"' in client.get(in_calibration).text) is grades, role


def test_a_review_says_what_would_have_changed_it(sign_in: SignIn) -> None:
    client = sign_in("salesperson")
    assert 'hx-get="/reviews/review-S11/outlook"' in client.get("/reviews/review-S11").text
    page = client.get("/reviews/review-S11/outlook").text
    part = client.get("/reviews/review-S11/outlook", headers={"HX-Request": "true"}).text
    assert "当时怎样能更好</h1>" in page
    assert part.strip() in page
    # Everybody has 7 of everything: two deals more make 110 points, and an S at 1.5 × 2,000.
    (deals,) = re.findall(r"<h3>赢单数 \+2</h3>.*?</li>\n</ol>", part, re.DOTALL)
    for told in (
        "+US$600.00",
        "“结案商机数”随之变动",
        "A → S",
        "107.00 → 110.00",
        "US$2,400.00 → <strong>US$3,000.00",
    ):
        assert told in deals
    assert "本人新客户数：在0到70之间，没有" in part


def test_rules_say_which_condition_failed_and_how_far_off_it_is(
    app: Flask, sign_in: SignIn
) -> None:
    with services_of(app).database.write() as session:
        kept = session.scalars(sa.select(Evaluation)).one()
        kept.stage = "final"
    page = sign_in("salesperson").get("/reviews/review-S11/why").text
    assert re.search(r"以下各项都满足</span><ul", page)
    assert re.search(r"以下任一项满足</span><ul class=\"checks\">.*?相差3个等级<", page, re.DOTALL)


# page: the most statements that it may take, whoever reads it
MOST = {
    "/": 64,  # asks each of the twenty subjects what waits, two or three statements each
    "/team/": 20,
    "/mine/": 18,
    "/reviews/review-S11": 30,
    "/reviews/review-S11/why": 9,
    "/reviews/review-S11/outlook": 8,
    "/reviews/review-S11/records/won_deals": 14,
}


@pytest.mark.parametrize("path", MOST)
def test_a_page_takes_few_statements(app: Flask, sign_in: SignIn, path: str) -> None:
    client = sign_in("manager")
    assert client.get(path).status_code == 200
    with counted(services_of(app).database) as statements:
        client.get(path)
    assert len(statements) <= MOST[path], "\n".join(statements)


def test_many_go_back_with_one_reason_or_not_at_all(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hr")
    with services_of(app).database.write() as session:
        session.execute(sa.update(Review).values(stage="result_approval"))
    form = {
        "csrf_token": form_token(client),
        "transition": "return_result",
        "review": ["review-S11:6", "review-S12:6"],
    }
    answer = client.post(MANY, data=form)
    assert "姓名S11、姓名S12</strong>" in answer.text  # one reason, said once
    assert stage_of(app, "S11")[0] == "result_approval"
    client.post(MANY, data={**form, "reason-return_result": "评分依据不全"})
    assert stage_of(app, "S11")[0] == stage_of(app, "S12")[0] == "calibration"
    with services_of(app).database.read() as session:
        reasons = sa.select(ReviewMove.reason).where(ReviewMove.transition == "return_result")
        assert session.scalars(reasons).all() == ["评分依据不全"] * 2


def test_a_proposal_and_a_holdback_stand_on_the_review(app: Flask, sign_in: SignIn) -> None:
    """A proposal is for those who decide; what is paid later says from when."""
    with services_of(app).database.write() as session:
        review = session.scalars(sa.select(Review).where(Review.public_id == "review-S11")).one()
        text = {"zh": "无业绩处理", "en": "no sale"}
        shared = {"review_id": review.id, "rule": "r", "seq": 1}
        session.add_all(
            [
                Proposal(**shared, kind="discipline", text=text, state="open", proposed_at=NOW),
                LedgerEntry(
                    **shared,
                    person_id=review.person_id,
                    kind="commission",
                    amount_minor=108_000,
                    currency="CNY",
                    exponent=2,
                    detail={},
                    payable_from=date(2027, 1, 1),
                    entered_at=NOW,
                ),
            ]
        )
    for who, sees in (("hr", True), ("sales_director", True), ("salesperson", False)):
        page = sign_in(who).get("/reviews/review-S11").text
        assert ("无业绩处理" in page) == sees, who
        assert "2027年1月1日" in page, who
