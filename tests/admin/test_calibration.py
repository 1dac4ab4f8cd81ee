"""The pages of a calibration session: the board, a move, what is refused, the minutes as files."""

from __future__ import annotations

from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.admin.conftest import SignIn, services_of
from tests.admin.test_access import HTMX, form_token
from tests.factories import CYCLE
from workflows.calibration.tables import CalibrationSession
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review

BOARD = "/calibrations/sitting-1"
CARD = f"{BOARD}/cards/review-S12"


@pytest.fixture
def hr(sign_in: SignIn) -> FlaskClient:
    return sign_in("hr")


def post(client: FlaskClient, address: str, /, htmx: bool = False, **form: object):  # type: ignore[no-untyped-def]
    headers = {"X-CSRFToken": form_token(client), **(HTMX if htmx else {})}
    return client.post(address, data=form, headers=headers)


def grade_of(app: Flask, person: str) -> str | None:
    with services_of(app).database.read() as session:
        key = f"review-{person}"
        found = sa.select(Review.calibrated_grade).where(Review.public_id == key)
        return session.scalars(found).one()


def test_a_move_on_the_board_and_on_the_plain_form(app: Flask, hr: FlaskClient) -> None:
    moved = post(hr, CARD, htmx=True, version=6, grade="C", reason="回款逾期")
    assert moved.status_code == 200
    assert "<html" not in moved.text
    assert 'data-moved="review-S12"' in moved.text
    assert grade_of(app, "S12") == "C"
    plain = post(hr, CARD, version=7, grade="A", reason="补充材料后再议")
    assert plain.status_code == 303
    assert grade_of(app, "S12") == "A"


def test_a_conflict_shows_the_board_as_it_is_and_keeps_what_was_typed(
    app: Flask, hr: FlaskClient, sign_in: SignIn
) -> None:
    post(sign_in("manager"), CARD, version=6, grade="C", reason="回款逾期")
    late = post(hr, CARD, htmx=True, version=6, grade="S", reason="<独立开拓>")
    assert late.status_code == 409
    assert 'data-refused="review-S12"' in late.text
    assert "&lt;独立开拓&gt;</textarea>" in late.text
    assert grade_of(app, "S12") == "C"
    plain = post(hr, CARD, version=6, grade="S", reason="<独立开拓>")
    assert plain.status_code == 409
    assert "&lt;独立开拓&gt;</textarea>" in plain.text


def test_the_board_is_given_again_only_when_it_has_changed(hr: FlaskClient) -> None:
    assert hr.get(f"{BOARD}/part?version=0", headers=HTMX).status_code == 204
    post(hr, CARD, version=6, grade="C", reason="回款逾期")
    changed = hr.get(f"{BOARD}/part?version=0", headers=HTMX)
    assert changed.status_code == 200
    assert 'data-version="1"' in changed.text


def test_pay_is_for_those_who_may_see_it_and_never_on_the_wall(
    hr: FlaskClient, sign_in: SignIn
) -> None:
    assert 'id="cost"' in hr.get(BOARD).text
    assert "US$" in hr.get(f"{BOARD}/cost", headers=HTMX).text
    assert 'id="cost"' not in hr.get(f"{BOARD}/projector").text
    manager = sign_in("manager")
    assert 'id="cost"' not in manager.get(BOARD).text
    assert "US$" not in manager.get(f"{BOARD}/cost").text
    own = 'class="card-name">姓名M1<'
    assert own not in manager.get(BOARD).text
    assert own in hr.get(BOARD).text


def test_closing_approving_and_sending_back(hr: FlaskClient, sign_in: SignIn) -> None:
    director = sign_in("sales_director")
    assert post(hr, f"{BOARD}/close", version=0).status_code == 303
    assert "等待您审批" in director.get(BOARD).text
    assert post(director, f"{BOARD}/reopen", version=1, reason="").status_code == 400
    assert post(director, f"{BOARD}/reopen", version=1, reason="漏议两人").status_code == 303
    assert post(hr, f"{BOARD}/close", version=2).status_code == 303
    assert post(director, f"{BOARD}/approve", version=3).status_code == 303
    assert post(hr, CARD, version=6, grade="C", reason="回款逾期").status_code == 409
    assert "漏议两人" in hr.get(f"{BOARD}/minutes").text


def test_somebody_left_out_and_put_back(hr: FlaskClient) -> None:
    assert post(hr, f"{CARD}/out", reason="<调岗>").status_code == 303
    assert "&lt;调岗&gt;" in hr.get(BOARD).text
    assert post(hr, CARD, version=6, grade="C", reason="回款逾期").status_code == 409
    assert post(hr, f"{CARD}/out", do="back").status_code == 303
    assert post(hr, CARD, version=6, grade="C", reason="回款逾期").status_code == 303


def test_minutes_are_written_and_leave_as_files(hr: FlaskClient) -> None:
    post(hr, CARD, version=6, grade="C", reason="=回款逾期")
    page = hr.get(f"{BOARD}/minutes").text
    was = page.split('name="was" value="')[1][:64]
    assert post(hr, f"{BOARD}/minutes", minutes="三人到会", was=was).status_code == 303
    stale = post(hr, f"{BOARD}/minutes", minutes="另一份", was=was)
    assert stale.status_code == 409
    assert "三人到会" in stale.text
    assert "另一份</textarea>" in stale.text
    told = hr.get(f"{BOARD}/minutes/csv")
    assert told.data.startswith("\ufeff".encode())
    assert "'=回款逾期" in told.text
    book = load_workbook(BytesIO(hr.get(f"{BOARD}/minutes/xlsx").data))
    moves = next(sheet for sheet in book if sheet.cell(2, 5).value == "'=回款逾期")
    assert [moves.cell(2, column).value for column in (2, 3, 4)] == ["S12", "A", "C"]
    assert hr.get(f"{BOARD}/minutes/pdf").status_code == 404


def test_a_session_is_opened_and_what_is_wrong_is_said(app: Flask, hr: FlaskClient) -> None:
    with services_of(app).database.write() as session:
        session.scalars(sa.select(Cycle).where(Cycle.code == CYCLE)).one().state = "locked"
    form = {"cycle": CYCLE, "unit": "west", "participant": "manager", "budget": "一万"}
    wrong = post(hr, "/calibrations/open", **form)
    assert wrong.status_code == 400
    assert "一万 不能作为预算" in wrong.text
    assert post(hr, "/calibrations/open", **form | {"unit": "east"}).status_code == 400
    opened = post(hr, "/calibrations/open", **form | {"budget": "10,000.50"})
    assert opened.status_code == 303
    with services_of(app).database.read() as session:
        found = session.scalars(sa.select(CalibrationSession).order_by(CalibrationSession.id)).all()
        assert [(each.name, str(each.budget)) for each in found[1:]] == [("west", "10000.5000")]
