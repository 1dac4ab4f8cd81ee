"""SMART looks at fields, alignment is flagged, and the market is not to count twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.errors import KaohengError
from tests.organisation import NOW, actor
from tests.workflows.goals.world import CODE, YEAR, Year, manager, person
from workflows.access.policy import Role
from workflows.goals import market
from workflows.goals.claims import Ability
from workflows.goals.cutting import Way
from workflows.goals.last_year import last_year
from workflows.goals.offers import answer_goal, propose_goals
from workflows.goals.plans import find_goal, find_plan, submit_version
from workflows.goals.smart import missing, missing_faults
from workflows.goals.stating import Fields, restate_goal, state_goal
from workflows.goals.store import load_trees
from workflows.goals.tables import Goal, GoalOffer
from workflows.goals.waiting import goal_tasks

DUE = date(2017, 6, 30)


def test_a_vague_goal_shows_what_is_missing_and_three_clear_ones_pass() -> None:
    vague = Goal(title="增加季度销售额", what="", measure="", unit="", strategy="")
    assert missing(vague) == ("what", "measure", "quantity", "due_on", "parent")
    assert [fault.code for fault in missing_faults(vague)][-1] == "goals.smart.parent"
    for title, what, measure, amount, unit in (
        ("下个季度内将销售额提高10%", "提高销售额", "销售额", 10, "%"),
        ("每个月增加5个新客户", "增加新客户", "新客户数", 5, "个/月"),
        ("六个月内增加20%的市场份额", "增加市场份额", "市场份额", 20, "%"),
    ):
        clear = Goal(
            title=title, what=what, measure=measure, quantity=Decimal(amount), unit=unit,
            due_on=DUE, parent_id=1, strategy="",
        )  # fmt: skip
        assert missing(clear) == ()


def test_people_state_their_own_goals_and_fill_them_in(year: Year) -> None:
    year.begin()
    with year.write() as session:
        plan = find_plan(session, year.hr, YEAR)
        own = actor(session, Role.SALESPERSON, "S11")
        s11, s12 = person(session, "S11"), person(session, "S12")
        goal = state_goal(session, own, NOW, plan, s11, Fields("增加季度销售额"))
        assert len(missing(goal)) == 5
        full = Fields("t", "w", "m", Decimal(5), "个", DUE, parent=CODE)
        restate_goal(session, own, NOW, goal, full)
        assert missing(goal) == ()
        with pytest.raises(KaohengError, match="may not"):
            state_goal(session, own, NOW, plan, s12, full)
        with pytest.raises(KaohengError, match="below this goal"):
            restate_goal(session, own, NOW, goal, Fields("t", parent=goal.code))
        assert missing(find_goal(session, plan, CODE)) == ()


def test_the_market_counts_once(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    year.begin()
    way = Way("org", "ability", ability=Ability(market={"west": Decimal("0.8")}))
    year.cascade(company=way)
    monkeypatch.setattr(market, "_difficult", lambda _: [("sales", CODE, "won"), ("x", "y", "z")])
    with year.write() as session:
        trees = load_trees(session, year.version(session))
        (warning,) = market.counted_twice(session, trees)
        assert warning.params == {"policy": "sales", "goal": "年度销售额", "kpi": "won"}


def test_last_years_shape_comes_from_records(year: Year) -> None:
    year.game.open()  # the policy is in force, and its records are of November 2017
    year.begin()
    with year.write() as session:
        plan = find_plan(session, year.hr, YEAR)
        goal = find_goal(session, plan, CODE)
        with pytest.raises(KaohengError, match="nothing on record"):
            last_year(session, goal)
        plan.year = 2018
        shape = last_year(session, goal)
        assert [month for month, worth in enumerate(shape, 1) if worth] == [11]


def test_what_waits_is_a_task_of_whoever_is_to_act(year: Year) -> None:
    year.begin()
    year.cascade()
    with year.write() as session:
        own = actor(session, Role.SALESPERSON, "S11")
        s11, s12 = (person(session, code) for code in ("S11", "S12"))
        (task,) = goal_tasks(session, manager(session), NOW)
        assert (task.link, task.params["count"]) == (f"/goals/{YEAR}/team", 2)
        propose_goals(session, manager(session), NOW, year.tree(session), [s11])
        assert [each.params["count"] for each in goal_tasks(session, manager(session), NOW)] == [1]
        propose_goals(session, manager(session), NOW, year.tree(session), [s12])
        (task,) = goal_tasks(session, own, NOW)
        assert (task.link, task.params["count"]) == (f"/goals/{YEAR}/mine", 1)
        assert goal_tasks(session, manager(session), NOW) == []
        offer = session.query(GoalOffer).filter_by(person_id=s11.id).one()
        answer_goal(session, own, NOW, offer, counter=(Decimal(1),), reason="r")
        assert goal_tasks(session, own, NOW) == []
        assert [each.link for each in goal_tasks(session, manager(session), NOW)] == [
            f"/goals/{YEAR}/team"
        ]
        assert len(goal_tasks(session, manager(session, "M2"), NOW)) == 1  # their own to propose
        submit_version(session, year.hr, NOW, year.version(session))
        assert [each.link for each in goal_tasks(session, year.finance, NOW)] == [f"/goals/{YEAR}"]
