"""Alerts come once, again only when it got worse, and to whom the policy says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import NOW
from tests.played import CODE, Played
from tests.workflows.notices.telling import told
from tests.workflows.tracking.helping import LATE, manager, ruled, salesperson
from workflows.base.database import Database
from workflows.cycles.operations import find_cycle
from workflows.timers.operations import fire_due
from workflows.timers.tables import Timer
from workflows.tracking.alerts import fire_alerts
from workflows.tracking.reading import alerts_of_team
from workflows.tracking.tables import AlertFired
from workflows.tracking.watching import watch_after_import, watch_each_day

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def ruled_game(game: Played) -> Played:
    return ruled(game)


def fired(game: Played, today: date = LATE) -> int:
    with game.database.write() as session:
        return fire_alerts(session, NOW, today)


def who_was_told(session: Session) -> set[str]:
    return set(told(session, "alert/"))


def behind(session: Session) -> list[str]:
    """Return those of whom the alert came, each time."""
    rows = session.scalars(sa.select(AlertFired).order_by(AlertFired.id))
    return [each.review.person.code for each in rows]


def test_an_alert_comes_once_however_often_it_is_looked_for(ruled_game: Played) -> None:
    assert fired(ruled_game, date(2017, 11, 25)) == 0  # 59.78% of the time is gone
    first = fired(ruled_game)
    assert first > 0
    assert fired(ruled_game) == 0
    assert fired(ruled_game, LATE + timedelta(days=20)) == 0
    with ruled_game.database.read() as session:
        people = behind(session)
        assert len(people) == len(set(people)) == first
        assert "S33" in people  # who has no deal at all
        assert who_was_told(session) == {*people, *_managers(people), "hr-nobody"}


def _managers(people: list[str]) -> set[str]:
    return {f"M{code[1]}" for code in people}


def test_it_comes_again_when_it_got_worse_by_a_step(ruled_game: Played) -> None:
    fired(ruled_game)
    with ruled_game.database.write() as session:
        one = session.scalars(sa.select(AlertFired).order_by(AlertFired.id)).first()
        assert one is not None
        gauge = one.gauge or Decimal(0)
        # As if it had been told at a figure better by a step, and by less than one.
        values: dict[str, Any] = {
            "review_id": one.review_id,
            "code": one.code,
            "seq": 2,
            "name": one.name,
        }
        more: dict[str, Any] = {"told": [], "gone": one.gone, "figures": {}, "fired_at": NOW}
        session.add(AlertFired(**values, **more, gauge=gauge + Decimal("0.09")))
    assert fired(ruled_game) == 0
    with ruled_game.database.write() as session:
        session.add(AlertFired(**values | {"seq": 3}, **more, gauge=gauge + Decimal("0.1")))
    assert fired(ruled_game) == 1
    with ruled_game.database.read() as session:
        again = session.scalars(sa.select(AlertFired).order_by(AlertFired.id.desc())).first()
        assert again is not None
        assert again.seq == 4
        cycle = find_cycle(session, CODE)
        shown = {each.review_id: each for each in alerts_of_team(session, manager(session), cycle)}
        assert len(shown) == len(alerts_of_team(session, manager(session), cycle))
        assert shown[again.review_id].seq == 4  # its last coming stands for all


def test_a_manager_sees_the_alerts_of_their_team_only(ruled_game: Played) -> None:
    fired(ruled_game)
    with ruled_game.database.read() as session:
        cycle = find_cycle(session, CODE)
        mine = alerts_of_team(session, manager(session), cycle)
        assert {each.review.person.code for each in mine} <= {"S11", "S12"}
        assert alerts_of_team(session, salesperson(session), cycle) == []


def test_no_alert_after_the_lock(ruled_game: Played) -> None:
    ruled_game.move("submit_goals")
    ruled_game.move("approve_goals")
    ruled_game.lock()
    assert fired(ruled_game) == 0


def test_they_are_looked_for_after_an_import_and_each_morning(ruled_game: Played) -> None:
    database = ruled_game.database
    at = datetime(2017, 11, 26, 23, 30, tzinfo=UTC)  # already the 27th in Shanghai
    with database.write() as session:
        watch_after_import(session, at, SHANGHAI, "import-1")
    assert fire_due(database, at) == 1
    with database.read() as session:
        assert behind(session)
        (morning,) = mornings(session)
        assert morning == datetime(2017, 11, 27, 22, 0, tzinfo=UTC)  # six in Shanghai
    assert fire_due(database, at + timedelta(days=2)) == 2
    with database.read() as session:
        assert mornings(session) == [datetime(2017, 11, 29, 22, 0, tzinfo=UTC)]


def test_each_morning_is_set_once_also_where_clocks_change(database: Database) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    with database.write() as session:
        watch_each_day(session, before, berlin)
        watch_each_day(session, before + timedelta(minutes=5), berlin)
        # Summer time began in the night: six in the morning is an hour earlier.
        assert mornings(session) == [datetime(2026, 3, 29, 4, 0, tzinfo=UTC)]


def mornings(session: Session) -> list[datetime]:
    waiting = sa.select(Timer.due_at).where(Timer.kind == "alerts_each_day", Timer.state == "set")
    return list(session.scalars(waiting))
