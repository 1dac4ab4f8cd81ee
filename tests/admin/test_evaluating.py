"""Pages of self reports, ratings and meetings, under a policy that has them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from tests.admin.conftest import Serve, post_sign_in, services_of, settle
from tests.evaluated import CODE, TEXTS, Evaluated, evaluated, filled
from tests.factories import PASSWORD, _hashed
from tests.organisation import NOW
from tests.played import PEOPLE, Played, played
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account, AccountRole
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings
from workflows.meetings.tables import Meeting, PanelScore, Todo
from workflows.org.tables import Person
from workflows.ratings.tables import RatingRequest
from workflows.reviews.tables import Review
from workflows.selfreports.tables import Report

SIGNS_IN = {"hr": Role.HR, **dict.fromkeys(("M1", "M2"), Role.MANAGER)}
SIGNS_IN |= dict.fromkeys(PEOPLE, Role.SALESPERSON)


@pytest.fixture(scope="module")
def reporting(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a cycle in which everybody writes their report, to be copied."""
    home = tmp_path_factory.mktemp("reporting")
    path = home / "kaoheng.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(make_url(f"sqlite:///{path}"), Keyring(home / "keys"))
    company = evaluated(played(database, load_settings({"KAOHENG_HOME": str(home)})))
    company.up_to_reports()
    with database.write() as session:
        people = {person.code: person for person in session.scalars(sa.select(Person))}
        for name, role in SIGNS_IN.items():
            session.add(
                Account(
                    public_id=f"a-{name}",
                    username=name,
                    password=_hashed(),
                    active=True,
                    fs_uniquifier=f"a-{name}",
                    person=people.get(name),
                    created_at=NOW,
                    roles=[AccountRole(role=role.value)],
                )
            )
        for review in session.scalars(sa.select(Review)):
            review.public_id = f"r-{review.person.code}"
    database.close()
    return home


@pytest.fixture
def home(reporting: Path, place: Path) -> Path:
    return settle(place, reporting)


@pytest.fixture
def app(home: Path, serve: Serve) -> Flask:
    return serve(home, KAOHENG_NOW=NOW.isoformat())


@pytest.fixture
def company(app: Flask) -> Evaluated:
    services = services_of(app)
    found = Evaluated(Played(services.database, services.settings))
    names = {Role.HR: "hr", Role.MANAGER: "M1", Role.SALESPERSON: "S11"}
    with services.database.read() as session:
        for role, name in names.items():
            account = session.scalars(sa.select(Account).where(Account.username == name)).one()
            found.game.actors[role] = actor_of_account(account)
    return found


def signed_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    assert post_sign_in(client, name, PASSWORD).status_code == 302
    return client


def post(client: FlaskClient, path: str, htmx: bool = False, **form: object):  # type: ignore[no-untyped-def]
    found = re.search(r'data-csrf="([^"]+)"', client.get("/mine/").text or "")
    found = found or re.search(r'data-csrf="([^"]+)"', client.get("/").text)
    assert found
    headers = {"X-CSRFToken": found[1], **({"HX-Request": "true"} if htmx else {})}
    return client.post(path, data=form, headers=headers)


def test_a_report_is_saved_as_it_is_written_and_submitted(app: Flask, company: Evaluated) -> None:
    client = signed_in(app, "S11")
    page = client.get("/reviews/r-S11/self-report")
    assert page.status_code == 200
    assert "/reviews/r-S11/records/revenue" in page.text
    assert "80,000" in page.text
    kept = post(
        client, "/reviews/r-S11/self-report", htmx=True, **{"text-problems": "新客户\r\n少"}
    )
    assert kept.status_code == 200
    assert "<html" not in kept.text
    refused = post(client, "/reviews/r-S11/self-report/submit", **{"text-plan": "签下两家"})
    assert refused.status_code == 400
    assert "缺少“改进措施”这一部分" in refused.text
    assert "签下两家" in refused.text  # what was typed is still there
    with company.database.read() as session:
        (report,) = session.scalars(sa.select(Report))
        assert report.texts == {"problems": "新客户\n少"}
    fields = {f"text-{code}": text for code, text in TEXTS.items()}
    assert post(client, "/reviews/r-S11/self-report/submit", **fields).status_code == 303
    page = client.get("/reviews/r-S11/self-report").text
    assert "<textarea" not in page
    assert TEXTS["plan"] in page
    manager = signed_in(app, "M1")
    assert TEXTS["plan"] in manager.get("/reviews/r-S11/self-report").text
    said = post(manager, "/reviews/r-S11/self-report/comments", text="分析到位")
    assert said.status_code == 303
    assert "分析到位" in client.get("/reviews/r-S11/self-report").text
    assert post(manager, "/reviews/r-S11/self-report/return", reason=" ").status_code == 400
    assert post(manager, "/reviews/r-S11/self-report/return", reason="再写").status_code == 303
    assert "再写" in client.get("/reviews/r-S11/self-report").text


def test_somebody_elses_forms_are_not_there(app: Flask, company: Evaluated) -> None:
    company.report(*PEOPLE)
    company.move("report")
    company.ask("S12")
    with company.database.read() as session:
        key = session.scalars(sa.select(RatingRequest.public_id)).one()
    asked, other = signed_in(app, "S12"), signed_in(app, "S21")
    assert asked.get(f"/ratings/asked/{key}").status_code == 200
    assert asked.get("/reviews/r-S11/ratings").status_code == 404  # a peer sees no more than that
    assert other.get(f"/ratings/asked/{key}").status_code == 404
    assert post(other, f"/ratings/asked/{key}", **{"sharing.points": "1"}).status_code == 404
    for path in ("self-report", "ratings", "ratings/self", "report"):
        assert other.get(f"/reviews/r-S11/{path}").status_code == 404, path
    own = signed_in(app, "S11")
    assert own.get("/reviews/r-S11/ratings/boss").status_code == 403
    assert own.get("/reviews/r-S11/ratings/self").status_code == 200
    assert signed_in(app, "M2").get("/reviews/r-S11/ratings/boss").status_code == 404


def test_a_form_says_kindly_what_it_lacks_and_keeps_what_was_typed(
    app: Flask, company: Evaluated
) -> None:
    company.report(*PEOPLE)
    company.move("report")
    client = signed_in(app, "M1")
    page = client.get("/reviews/r-S11/ratings/boss").text
    assert 'name="sales.points"' not in page  # what is measured is shown, never typed
    said = {"sharing.points": "95", "sharing.criticism": "少", "service.points": "abc"}
    refused = post(client, "/reviews/r-S11/ratings/boss", **said)
    assert refused.status_code == 400
    for words in (
        "要写事例",
        "要写建议",
        "“abc”不是 0 到 100 之间的分数",
        'value="95"',
        "少</textarea>",
    ):
        assert words in refused.text, words
    kept = post(client, "/reviews/r-S11/ratings/boss", do="save", **said)
    assert kept.status_code == 303
    good = {"sharing.points": "80", "sharing.criticism": "", "service.points": "85"}
    assert post(client, "/reviews/r-S11/ratings/boss", **good).status_code == 303


def test_the_grid_saves_as_one_goes_names_wrong_cells_and_finishes(
    app: Flask, company: Evaluated
) -> None:
    company.report(*PEOPLE)
    company.move("report")
    client = signed_in(app, "M1")
    page = client.get(f"/ratings/{CODE}").text
    assert re.findall(r'name="(r-[^"]+)"', page) == [
        "r-S11:sharing",
        "r-S11:service",
        "r-S12:sharing",
        "r-S12:service",
    ]
    cells = {"r-S11:sharing": "80", "r-S11:service": "8o", "r-S12:sharing": "95"}
    part = post(client, f"/ratings/{CODE}", htmx=True, **cells, **{"r-S21:sharing": "1"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "“8o”不是 0 到 100 之间的分数" in part.text
    with company.database.read() as session:
        forms = session.scalars(sa.select(RatingRequest).order_by(RatingRequest.id)).all()
        assert [form.review.person.code for form in forms] == ["S11", "S12"]  # not another's S21
        assert forms[0].answers["service"] == {"points": "8o"}
    cells = {**cells, "r-S11:service": "82", "r-S12:service": "70"}
    done = post(client, f"/ratings/{CODE}", do="finish", person=["r-S11", "r-S12"], **cells)
    assert done.status_code == 409
    assert "已完成 1 人" in done.text
    assert "要写事例" in done.text  # of S12, whose 95 has none
    with company.database.read() as session:
        review = session.scalars(sa.select(Review).where(Review.public_id == "r-S11")).one()
        assert review.total is not None
    assert signed_in(app, "M2").get(f"/ratings/{CODE}").text.count("r-S11") == 0


def test_the_page_of_ratings_shows_no_rater_of_an_anonymous_kind(
    app: Flask, company: Evaluated
) -> None:
    company.report(*PEOPLE)
    company.move("report")
    company.ask("S12", "S21", "S22")
    company.give("S12", "peers", filled("70", "sharing", praise="常帮忙"))
    own = signed_in(app, "S11")
    page = own.get("/reviews/r-S11/ratings").text
    assert page.count("已提交") == 0
    assert "常帮忙" not in page
    company.give("S21", "peers", filled("71", "sharing"))
    company.give("S22", "peers", filled("72.5", "sharing"))
    company.give("M1", "boss", filled("80"))
    manager = signed_in(app, "M1")
    assert post(manager, "/reviews/r-S11/rating-round", do="finish").status_code == 303
    for client in (own, manager):
        page = client.get("/reviews/r-S11/ratings").text
        assert "71.1667" in page
        assert "常帮忙" in page
        for points in (">70<", ">71<", ">72.5<", "70:", "72.5"):
            assert points not in page
        assert client.get("/reviews/r-S11/report").status_code == 200
    assert post(manager, "/reviews/r-S11/rating-round", do="back", reason="").status_code == 400


def test_a_meeting_from_its_call_to_a_todo_that_is_done(app: Flask, company: Evaluated) -> None:
    company.report("S11", "S12")
    hr, member, own = (signed_in(app, name) for name in ("hr", "M2", "S11"))
    refused = post(hr, "/meetings/new", cycle=CODE, place="三楼", panel="M2", starts_at="x")
    assert refused.status_code == 400
    assert 'value="三楼"' in refused.text
    plan = {"cycle": CODE, "place": "三楼", "panel": "M2，M1", "starts_at": "2026-02-03T14:00"}
    order = {"reporter": ["S11", "S12"], "order-S11": "2", "order-S12": "1"}
    assert post(hr, "/meetings/new", **plan, **order).status_code == 303
    with company.database.read() as session:
        meeting = session.scalars(sa.select(Meeting)).one()
        key = meeting.public_id
        assert [slot.review.person.code for slot in meeting.slots] == ["S12", "S11"]
        assert meeting.starts_at.isoformat() == "2026-02-03T06:00:00+00:00"
    at = f"/meetings/{key}"
    assert TEXTS["plan"] in member.get(f"{at}/reports/r-S11").text
    assert member.get("/reviews/r-S11/self-report").status_code == 404
    points = {"results": "30", "analysis": "20", "plan": "25"}
    assert post(own, f"{at}/scores/r-S11", **points).status_code == 403
    assert post(member, f"{at}/scores/r-S11", **{**points, "plan": "31"}).status_code == 400
    assert post(member, f"{at}/scores/r-S11", **points).status_code == 303
    assert post(member, f"{at}/scores/r-S11", **points).status_code == 409
    with company.database.read() as session:
        assert session.scalars(sa.select(PanelScore.total)).one() == 75
    note = {"what": "补材料", "who": "S11", "due_on": "2026-01-30"}
    assert post(hr, f"{at}/todos", **{**note, "due_on": ""}).status_code == 400
    assert post(hr, f"{at}/todos", **note).status_code == 303
    assert "已逾期" in own.get(at).text
    assert "待办：补材料" in own.get("/").text
    with company.database.read() as session:
        todo = session.scalars(sa.select(Todo.public_id)).one()
    assert post(own, f"{at}/todos/{todo}", note="已交").status_code == 303
    assert "已交" in hr.get(at).text
    assert post(own, f"{at}/end", state="held").status_code == 403
    assert post(hr, f"{at}/end", state="held").status_code == 303
    assert signed_in(app, "S31").get(at).status_code == 404


def test_contributions_are_claimed_and_confirmed(app: Flask, company: Evaluated) -> None:
    own, owner = signed_in(app, "S11"), signed_in(app, "S12")
    claim = {"kind": "assist", "what": "一起见客户", "done_on": "2026-01-20", "deal": "nothing"}
    refused = post(own, "/contributions/claim", **claim)
    assert refused.status_code == 400
    assert "一起见客户" in refused.text
    assert post(own, "/contributions/claim", **{**claim, "deal": "2026-S12"}).status_code == 303
    found = re.search(r"/contributions/(\w+)/answer", owner.get("/contributions/").text)
    assert found
    assert post(own, found[0], confirm="yes").status_code == 403
    assert post(signed_in(app, "S21"), found[0], confirm="yes").status_code == 404
    assert post(owner, found[0], confirm="yes").status_code == 303
    assert company.database is not None


def test_a_customer_rates_by_a_link_without_an_account(app: Flask, company: Evaluated) -> None:
    company.report(*PEOPLE)
    company.move("report")
    hr = signed_in(app, "hr")
    assert post(hr, "/reviews/r-S11/ratings/customers/customers", source=" ").status_code == 400
    asked = post(hr, "/reviews/r-S11/ratings/customers/customers", source="海河机械")
    assert asked.status_code == 303
    page = hr.get("/reviews/r-S11/ratings").text
    link = re.search(r'value="http://localhost(/rate/[^"?]+\?lang=en)"', page)
    assert link
    customer = app.test_client()
    form = customer.get(link[1])
    assert form.status_code == 200
    assert "Give the rating" in form.text
    assert "80,000" not in form.text, "nothing of the result"
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.text)
    assert token
    fields = dict.fromkeys(re.findall(r'name="([\w-]+\.points)"', form.text), "88")
    assert fields
    sent = {"csrf_token": token[1], **fields}
    wrong = customer.post(link[1], data=sent | dict.fromkeys(fields, "viel"))
    assert (wrong.status_code, "viel" in wrong.text) == (400, True)
    assert customer.post(link[1], data=sent).status_code == 303
    assert customer.post(link[1], data=sent).status_code == 303
    assert "Thank you" in customer.get(link[1]).text
    forged = customer.get(link[1].replace("/rate/", "/rate/x"))
    assert forged.status_code == 404
    for _ in range(80):
        last = customer.get("/rate/guessed")
    assert last.status_code == 403
    with services_of(app).database.read() as session:
        kept = session.scalars(sa.select(RatingRequest).filter_by(source="海河机械")).one()
        assert (kept.state, kept.rater_id) == ("given", None)
