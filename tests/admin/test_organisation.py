"""The pages of the organisation and of stand-ins, as HR, managers and stand-ins use them."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import SignIn, csrf_token, services_of
from tests.factories import account
from tests.organisation import NOW
from workflows.access.policy import Role
from workflows.accounts.tables import Account
from workflows.base.clock import today
from workflows.log.tables import LogEntry
from workflows.org.tables import Membership, Person
from workflows.reviews.tables import ReviewMove
from workflows.standins.tables import StandIn


def post(client: FlaskClient, path: str, page: str, **form: str):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": csrf_token(client, page), **form})


def version(client: FlaskClient, code: str) -> str:
    found = re.search(
        r'name="version" value="(\d+)"', client.get(f"/organisation/people/{code}").text
    )
    assert found
    return found[1]


def test_hr_moves_somebody_and_the_tree_of_a_day_shows_it(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("hr")
    page = "/organisation/people/S11"
    seen = version(client, "S11")
    form = {"version": seen, "unit": "west-1", "day": "2026-02-10", "role": "member"}
    typed = post(client, f"{page}/move", page, **form, reason=" ")
    assert typed.status_code == 400
    assert 'value="2026-02-10"' in typed.text  # what was typed is there still
    answer = post(client, f"{page}/move", page, **form, reason="支援西区")
    assert answer.status_code == 303
    assert "支援西区" in client.get(page).text
    assert post(client, f"{page}/move", page, **form, reason="支援西区").status_code == 409
    before, after = (
        client.get(f"/organisation/?on={day}").text for day in ("2026-02-09", "2026-02-10")
    )
    assert before.index("姓名S11") < before.index("west-1")
    assert after.index("姓名S11") > after.index("west-1")
    assert client.get("/organisation/?on=soon").status_code == 200
    with services_of(app).database.read() as session:
        rows = sa.select(Membership).join(Membership.person).where(Person.code == "S11")
        assert len(session.scalars(rows).all()) == 2


def test_a_manager_sees_their_people_and_enters_nothing(sign_in: SignIn) -> None:
    client = sign_in("manager")
    tree = client.get("/organisation/").text
    assert "姓名S12" in tree
    assert "姓名S31" not in tree
    assert 'name="reason"' not in tree
    assert 'name="reason"' not in client.get("/organisation/people/S12").text


def test_hr_downloads_the_organisation_and_sends_it_back(sign_in: SignIn) -> None:
    client = sign_in("hr")
    data = client.get("/organisation/export.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    row = next(each[0].row for each in sheet.iter_rows() if each[0].value == "S12")
    sheet[f"C{row}"] = "大客户经理"
    sheet[f"F{row}"] = "老板"

    def sent(do: str) -> tuple[int, str]:
        stream = io.BytesIO()
        book.save(stream)
        stream.seek(0)
        form = {
            "csrf_token": csrf_token(client, "/organisation/import"),
            "do": do,
            "reason": "岗位核对",
            "file": (stream, "组织.xlsx"),
        }
        answer = client.post("/organisation/import", data=form)
        return answer.status_code, answer.text

    status, text = sent("take")
    assert status == 400
    assert f"F{row}" in text
    assert "岗位核对" in text
    sheet[f"F{row}"] = "member"
    for do in ("check", "take"):
        status, text = sent(do)
        assert status == 200
        assert "姓名S12" in text
    assert "大客户经理" in client.get("/organisation/people/S12").text


def stand_in(app: Flask, *, days: int = 3) -> None:
    """Let the second manager of the east stand in for the first, beginning today."""
    services = services_of(app)
    day = today(services.clock(), services.settings.timezone)
    with services.database.write() as session:
        second = account(Role.MANAGER, session.scalar(sa.select(Person).filter_by(code="M2")))
        second.username, second.public_id = "second", "account-second"
        session.add(second)
        session.flush()
        first = session.scalars(sa.select(Account).filter_by(username="manager")).one()
        session.add(
            StandIn(
                public_id="stand-in-1",
                principal_id=first.id,
                account_id=second.id,
                starts_on=day,
                ends_on=day + timedelta(days=days),
                reason="休假",
                named_at=NOW,
            )
        )


def test_a_stand_in_approves_and_both_are_named(app: Flask, sign_in: SignIn) -> None:
    stand_in(app)
    client = sign_in("second")
    home = client.get("/").text
    assert "姓名M1" in home  # they wait on behalf of somebody
    assert client.get("/reviews/review-S11").status_code == 404
    assert post(client, "/stand-ins/act", "/", **{"for": "stand-in-1"}).status_code == 303
    home = client.get("/").text
    assert 'class="notice warn acting"' in home
    review = client.get("/reviews/review-S12")
    assert review.status_code == 200
    for own in ("M1", "M2"):  # neither their papers nor one's own
        assert client.get(f"/reviews/review-{own}").status_code == 404
    form = {"version": "6", "grade": "A", "reason": "带教新人"}
    answer = post(client, "/reviews/review-S12/grade", "/reviews/review-S12", **form)
    assert answer.status_code == 303, answer.text
    shown = client.get("/reviews/review-S12").text
    assert "姓名M2 代 姓名M1" in shown
    with services_of(app).database.read() as session:
        entry = session.scalars(sa.select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.on_behalf_of) == ("account-second", "account-manager")
        assert session.scalar(sa.select(ReviewMove.on_behalf_of).limit(1)) is None
    with services_of(app).database.write() as session:
        session.execute(sa.update(StandIn).values(revoked_at=NOW))
    assert 'class="notice warn acting"' not in client.get("/").text
    assert client.get("/reviews/review-S12").status_code == 404


def test_nobody_acts_who_is_not_named(app: Flask, sign_in: SignIn) -> None:
    stand_in(app)
    client = sign_in("salesperson")
    assert post(client, "/stand-ins/act", "/", **{"for": "stand-in-1"}).status_code == 403
    assert 'class="notice warn acting"' not in client.get("/").text


def test_a_manager_names_a_stand_in_and_revokes_it(app: Flask, sign_in: SignIn) -> None:
    client = sign_in("manager")
    day = today(services_of(app).clock(), services_of(app).settings.timezone)
    form = {"first_day": day.isoformat(), "last_day": day.isoformat(), "reason": "出差"}
    page = "/stand-ins/"
    refused = post(client, page, page, **form, stand_in="salesperson")
    assert refused.status_code == 400
    assert "出差" in refused.text
    assert post(client, page, page, **form, stand_in="sales_director").status_code == 303
    with services_of(app).database.read() as session:
        key = session.scalars(sa.select(StandIn)).one().public_id
    assert "出差" in client.get(page).text
    assert post(client, f"{page}{key}/revoke", page).status_code == 303
    assert post(client, f"{page}{key}/revoke", page).status_code == 409
    assert sign_in("salesperson").get(page).text.count("出差") == 0
