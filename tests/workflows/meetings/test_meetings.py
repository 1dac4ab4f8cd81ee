"""A meeting: called, scored by its panel, its to-dos followed; its mean becomes an input."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.evaluated import Evaluated, evaluated, filled
from tests.organisation import NOW
from tests.played import Played
from workflows.access.policy import Role
from workflows.cycles.scored import scored
from workflows.figures.tables import Figure
from workflows.meetings.calling import Plan, call_meeting, end_meeting
from workflows.meetings.following import add_todo, do_todo, find_todo
from workflows.meetings.panel import panel_of, score_report
from workflows.meetings.reading import find_meeting, meeting_rows, todo_rows
from workflows.meetings.tasks import meeting_tasks
from workflows.notices.tables import Notice
from workflows.ratings.reading import result_shown

SOON = NOW + timedelta(days=2)
GOOD = {"results": "32", "analysis": "25.5", "plan": "20"}


@pytest.fixture
def company(game: Played) -> Evaluated:
    found = evaluated(game)
    found.up_to_ratings()
    return found


def called(company: Evaluated, panel: tuple[str, ...] = ("M1", "M2", "S12")) -> str:
    with company.database.write() as session:
        cycle = company.of(session)[0]
        plan = Plan(SOON, "三楼会议室", ("S12", "S11"), panel)
        return call_meeting(session, company.hr, NOW, cycle, plan).public_id


def score(company: Evaluated, key: str, by: str, points: dict[str, str], of: str = "S11") -> None:
    with company.database.write() as session:
        who = company.who(session, by)
        meeting = find_meeting(session, who, key)
        _, policy, review = company.of(session, of)
        score_report(session, who, NOW, meeting, review, policy, points)


def denied(kind: Kind):  # type: ignore[no-untyped-def]
    return pytest.raises(KaohengError, check=lambda error: error.kind is kind)


def test_a_meeting_needs_a_time_to_come_a_place_reporters_and_a_panel(company: Evaluated) -> None:
    with company.database.write() as session:
        cycle = company.of(session)[0]
        with pytest.raises(KaohengError) as caught:
            call_meeting(session, company.hr, NOW, cycle, Plan(NOW, " ", (), ()))
        assert {fault.place.path for fault in caught.value.faults} == {
            "starts_at",
            "place",
            "reporters",
            "panel",
        }
        manager = company.game.actors[Role.MANAGER]
        with pytest.raises(KaohengError) as caught:
            call_meeting(session, manager, NOW, cycle, Plan(SOON, "x", ("S21",), ("M1",)))
        assert [fault.place.path for fault in caught.value.faults] == ["S21"]
        with denied(Kind.DENIED):
            own = company.who(session, "S11")
            call_meeting(session, own, NOW, cycle, Plan(SOON, "x", ("S11",), ("M1",)))


def test_everybody_on_it_is_told_and_nobody_else_sees_it(company: Evaluated) -> None:
    key = called(company)
    with company.database.read() as session:
        told = session.scalars(
            sa.select(Notice.person_id).where(Notice.key == f"meeting-{key}")
        ).all()
        assert len(told) == 4  # S11, S12 (who reports and sits), M1, M2
        cycle = company.of(session)[0]
        for person, count in (("S11", 1), ("M2", 1), ("S12", 1), ("S31", 0), ("M3", 0)):
            who = company.who(session, person)
            assert len(meeting_rows(session, who)) == count, person
        (row,) = meeting_rows(session, company.hr)
        assert (row["reporters"], row["cycle"]) == ("S12, S11", cycle.code)
        with denied(Kind.MISSING):
            find_meeting(session, company.who(session, "S31"), key)


def test_the_panel_scores_once_each_and_nobody_their_own(company: Evaluated) -> None:
    key = called(company)
    score(company, key, "M1", GOOD)
    score(company, key, "M2", {**GOOD, "plan": "21"})
    score(company, key, "S12", {**GOOD, "plan": "22"})
    for by, of, kind in (
        ("M1", "S11", Kind.CONFLICT),
        ("S12", "S12", Kind.DENIED),
        ("S11", "S12", Kind.DENIED),
        ("M1", "S21", Kind.MISSING),
    ):
        with denied(kind):
            score(company, key, by, GOOD, of)
    with pytest.raises(KaohengError) as caught:
        score(company, key, "M1", {"results": "40.5", "analysis": "", "plan": "1"}, "S12")
    assert {fault.place.path for fault in caught.value.faults} == {"results", "analysis"}
    with company.database.read() as session:
        review = company.of(session)[2]
        panel = panel_of(session, review)
        assert panel
        assert (panel["sum"], panel["count"], panel["mean"]) == ("235.5", 3, "78.5")
        tasks = meeting_tasks(session, company.who(session, "M1"), NOW)
        # S12 is still to come.
        assert [task.params["cycle"]["en"] for task in tasks] == ["Reported and rated 2026-Q1"]


def test_the_panels_mean_becomes_an_input_when_the_ratings_are_finished(company: Evaluated) -> None:
    key = called(company)
    score(company, key, "M1", GOOD)
    score(company, key, "M2", {**GOOD, "plan": "20.01"})
    company.give("M1", "boss", filled("80"))
    company.finish()
    with company.database.read() as session:
        _, _, review = company.of(session)
        figure = session.scalars(sa.select(Figure.value).where(Figure.name == "panel")).one()
        assert figure == "77.505"
        assert scored(session, review.cycle).rows["S11"]["report.points"] == Decimal("77.51")
        shown = result_shown(session, company.who(session, "S11"), review)
        assert shown
        assert shown["panel"]["count"] == 2


def test_to_dos_are_followed_until_they_are_done(company: Evaluated) -> None:
    key = called(company)
    with company.database.write() as session:
        meeting = find_meeting(session, company.hr, key)
        with pytest.raises(KaohengError) as caught:
            add_todo(session, company.hr, NOW, meeting, what=" ", who="nobody", due_on=None)
        assert {fault.place.path for fault in caught.value.faults} == {"what", "who", "due_on"}
        day = date(2026, 2, 10)
        with denied(Kind.DENIED):
            own = company.who(session, "S11")
            add_todo(session, own, NOW, meeting, what="x", who="S11", due_on=day)
        todo = add_todo(session, company.hr, NOW, meeting, what="补材料", who="S11", due_on=day)
        number = todo.public_id
    with company.database.write() as session:
        own = company.who(session, "S11")
        (task,) = meeting_tasks(session, own, NOW)
        assert (task.params["what"], task.due and task.due.date()) == ("补材料", day)
        todo = find_todo(session, find_meeting(session, own, key), number)
        with denied(Kind.DENIED):
            do_todo(session, company.who(session, "S12"), NOW, todo, "x")
        with denied(Kind.INVALID):
            do_todo(session, own, NOW, todo, " ")
        do_todo(session, own, NOW, todo, "已交")
        with denied(Kind.CONFLICT):
            do_todo(session, own, NOW, todo, "又交")
        assert meeting_tasks(session, own, NOW) == []
        assert [(r["state"], r["note"]) for r in todo_rows(session, own)] == [("done", "已交")]


def test_a_meeting_ends_once(company: Evaluated) -> None:
    key = called(company)
    with company.database.write() as session:
        meeting = find_meeting(session, company.hr, key)
        with denied(Kind.DENIED):
            end_meeting(session, company.who(session, "M2"), NOW, meeting, "held")
        end_meeting(session, company.hr, NOW, meeting, "cancelled")
        with denied(Kind.CONFLICT):
            end_meeting(session, company.hr, NOW, meeting, "held")
    with denied(Kind.CONFLICT):
        score(company, key, "M1", GOOD)
