"""What HR is told of: what is late, and years whose holidays nobody knows."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from tests.organisation import NOW, actor
from tests.played import PEOPLE, Played
from tests.staged import CYCLE, local, locked, opened
from workflows.access.policy import Role
from workflows.calendar.operations import set_calendar_day
from workflows.reviews.tables import Review
from workflows.tasklist import tasks_for

OPENED, LOCKED = local("2017-11-01 09:00"), local("2017-12-05 10:00")
DUE = local("2017-12-08 00:00")


def test_what_is_late_is_one_line_a_stage_for_hr_alone(game: Played) -> None:
    locked(opened(game, OPENED), LOCKED)
    with game.database.read() as session:
        hr = game.actors[Role.HR]
        assert tasks_for(session, hr, DUE - timedelta(seconds=1)) == []
        (task,) = tasks_for(session, hr, DUE)
        assert (task.params["count"], task.params["stage"].en) == (len(PEOPLE), "Manager confirms")
        assert (task.since, task.link) == (DUE, f"/reviews/?cycle={CYCLE}&stage=manager")
        (of_region,) = tasks_for(session, actor(session, Role.HR_REGION, region="west"), DUE)
        assert of_region.params["count"] == 3
        for role in (Role.MANAGER, Role.FINANCE, Role.SALESPERSON):
            assert tasks_for(session, game.actors[role], DUE) == []


def test_a_year_that_nobody_knows_is_told_until_somebody_looked(game: Played) -> None:
    opened(game, OPENED)
    with game.database.write() as session:
        hr = game.actors[Role.HR]
        assert tasks_for(session, hr, OPENED) == []
        session.execute(sa.update(Review).values(due_at=local("2041-01-05 00:00")))
        found = [each.params["year"] for each in tasks_for(session, hr, local("2040-12-30 09:00"))]
        assert found == ["2040", "2041"]
        for day in (date(2040, 2, 13), date(2041, 2, 1)):
            set_calendar_day(session, hr, NOW, day=day, is_worked=False, why="春节")
        assert tasks_for(session, hr, local("2040-12-30 09:00")) == []
