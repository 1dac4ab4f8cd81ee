"""Notices, the working calendar, a team moved at once, and what pages say of stages."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.admin.conftest import SignIn, csrf_token, services_of
from tests.factories import CYCLE
from tests.organisation import NOW
from workflows.accounts.tables import Account
from workflows.base.database import Database
from workflows.calendar.tables import CalendarDay
from workflows.closing.tables import ReviewHold
from workflows.notices.operations import notify
from workflows.notices.tables import Notice
from workflows.reviews.tables import Review


@pytest.fixture
def database(app: Flask) -> Database:
    return services_of(app).database


def send(client: FlaskClient, path: str, page: str, **form: object):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": csrf_token(client, page), **form})


def tell(database: Database, username: str, *keys: str) -> None:
    with database.write() as session:
        person = session.scalars(
            sa.select(Account.person_id).where(Account.username == username)
        ).one()
        assert person is not None
        for key in keys:
            message = "{cycle}: {stage} was due by {day}, and still waits for you."
            notify(session, NOW, person, key, message,
                   link="/mine/", tone="warn", cycle={"zh": "月度", "en": "Monthly"},
                   stage={"zh": "主管确认", "en": "Manager confirms"}, day=key)  # fmt: skip


def notices_of(database: Database) -> list[Notice]:
    """Return what the salesperson was told, the world's own notices among it."""
    with database.read() as session:
        return list(
            session.scalars(
                sa.select(Notice)
                .join(Account, Account.person_id == Notice.person_id)
                .where(Account.username == "salesperson")
            )
        )


def test_notices_are_counted_on_every_page_until_they_are_read(
    sign_in: SignIn, database: Database
) -> None:
    tell(database, "salesperson", "2026-01-05", "2026-01-06")
    client = sign_in("salesperson")
    badge = re.compile(r'class="count" title="[^"]+">(\d+)<')
    told = len(notices_of(database))
    assert badge.findall(client.get("/mine/").text) == [str(told)] * 2, "in both menus"
    page = client.get("/notices/").text
    assert page.index("2026年1月6日") < page.index("2026年1月5日")
    first = next(each for each in notices_of(database) if each.key == "2026-01-05")
    answer = send(client, f"/notices/{first.public_id}/read", "/notices/")
    assert (answer.status_code, answer.location) == (303, "/mine/")
    page = client.get("/notices/").text
    assert badge.findall(page) == [str(told - 1)] * 2
    assert page.index("2026年1月6日") < page.index("2026年1月5日"), "the unread first"
    send(client, "/notices/read", "/notices/")
    assert badge.findall(client.get("/notices/").text) == []


def test_another_s_notice_is_not_there(sign_in: SignIn, database: Database) -> None:
    tell(database, "salesperson", "2026-01-05")
    notice = next(each for each in notices_of(database) if each.key == "2026-01-05")
    client = sign_in("manager")
    assert send(client, f"/notices/{notice.public_id}/read", "/notices/").status_code == 404
    assert "2026-01-05" not in client.get("/notices/").text


def test_the_calendar_keeps_what_was_typed_and_gives_days_back(
    sign_in: SignIn, database: Database
) -> None:
    client = sign_in("hr")
    refused = send(client, "/calendar/", "/calendar/", day="2026-05-08", is_worked="yes", why=" ")
    assert refused.status_code == 400
    assert 'value="2026-05-08"' in refused.text
    done = send(client, "/calendar/", "/calendar/", day="2026-05-08", is_worked="no", why="司庆")
    assert done.status_code == 303
    assert "司庆" in client.get("/calendar/").text
    assert send(client, "/calendar/2026-05-08/drop", "/calendar/").status_code == 303
    with database.read() as session:
        assert session.scalars(sa.select(CalendarDay)).all() == []
    assert send(client, "/calendar/", "/calendar/", day="soon", why="?").status_code == 400


def test_a_team_is_moved_from_its_page(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        session.execute(sa.update(Review).values(stage="feedback"))
    client = sign_in("manager")
    page = client.get("/team/").text
    ticks = re.findall(r'name="review" value="([^"]+)"', page)
    assert len(ticks) == 2, "oneself is in no team of one's own"
    cycle = re.search(r'name="cycle" value="([^"]+)"', page)
    assert cycle
    gone = f"{ticks[1].partition(':')[0]}:0"
    answer = send(client, "/team/moves", "/team/", cycle=cycle[1], transition="confirm_feedback",
                  review=[ticks[0], gone])  # fmt: skip
    assert answer.status_code == 200
    assert "1 / 2" in answer.text or "2" in answer.text
    with database.read() as session:
        stages = session.scalars(sa.select(Review.stage).where(Review.stage == "closed")).all()
    assert len(stages) == 1
    assert 'role="alert"' in answer.text


def test_pages_say_for_whom_a_review_waits(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        session.execute(sa.update(Review).values(stage="feedback", due_at=NOW))
    client = sign_in("salesperson")
    for path in ("/", "/mine/", "/reviews/", "/reviews/review-S11"):
        page = client.get(path).text
        assert "姓名M1" in page, path
        assert "badge bad" in page, f"{path}: late"
    assert "姓名M1" in sign_in("manager").get("/team/").text


def test_pages_say_that_a_review_is_held_back_in_place_of_late(
    sign_in: SignIn, database: Database
) -> None:
    with database.write() as session:
        session.execute(sa.update(Review).values(stage="feedback", due_at=NOW))
        reviews = session.scalars(sa.select(Review.id)).all()
        session.add_all(
            ReviewHold(review_id=each, seq=9, reason="复核", held_at=NOW) for each in reviews
        )
    for client, paths in (
        (sign_in("salesperson"), ("/", "/mine/", "/reviews/", "/reviews/review-S11")),
        (sign_in("manager"), ("/team/",)),
        (sign_in("hr"), (f"/cycles/{CYCLE}",)),
    ):
        for path in paths:
            page = client.get(path).text
            assert "逾期" not in page, path
            assert "暂缓中" in page, path
