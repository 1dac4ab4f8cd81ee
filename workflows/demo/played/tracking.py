"""Check-ins of the running quarter: planned, held, their measures carried forward and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.demo.played.organisation import leading
from workflows.demo.played.play import Play
from workflows.org.tables import Unit
from workflows.tracking.check_ins import (
    Ending,
    Notes,
    cancel_check_in,
    hold_check_in,
    plan_check_in,
)
from workflows.tracking.tables import CheckIn, Undertaking
from workflows.tracking.undertakings import NewMeasure, end_measure, open_measures


@dataclass(frozen=True, slots=True)
class Talk:
    """What is noted of a check-in, and one measure that is agreed on: what, by when."""

    notes: Notes
    measure: str
    due_on: date


_FIRST = Notes(
    "目标完成近三成，七月签下两单；大单集中在九月，过程要盯紧。",
    "老客户续约谈得早，价格守住了。",
    "新客户拜访太少，线索都来自转介绍。",
    "每周固定两个半天外出拜访，先从开发区的名单开始。",
)
_SECOND = Notes(
    "上次定的拜访已经做起来，三家进入方案阶段；进度仍比计划慢一成。",
    "方案演示准备充分，客户当场约了第二次。",
    "报价后跟进不及时，两家被竞品抢先。",
    "报价后两天内回访，重要客户请经理一起去。",
)
_TEAM = Notes(
    "团队完成过半，赢单率比上季度好；九月集中签约，实施资源先排好。",
    "协助同事的单子变多了。",
    "低于九折的报价仍有四单。",
    "九折以下先过经理，再给客户。",
)
ONE_TO_ONES = ("S0101", "S0203", "S0302", "S0401", "S0501", "S0601")


def plan_one_to_ones(play: Play, code: str, on: date, people: Sequence[str]) -> None:
    """Have managers plan monthly one-to-ones with some of their people."""
    with play.writing() as session:
        cycle, _, reviews = play.cycle(session, code)
        for review in reviews:
            if review.person.code in people:
                manager = leading(play, play.manager_code(session, review.person_id))
                plan_check_in(
                    session,
                    manager,
                    play.now(),
                    review,
                    cycle,
                    rhythm="monthly",
                    planned_on=on,
                    today=play.day,
                )


def plan_team_meeting(play: Play, code: str, on: date, *teams: str) -> None:
    with play.writing() as session:
        cycle, _, _ = play.cycle(session, code)
        for team in teams:
            unit = session.scalars(select(Unit).where(Unit.code == team)).one()
            plan_check_in(
                session,
                leading(play, team),
                play.now(),
                unit,
                cycle,
                rhythm="monthly",
                planned_on=on,
                today=play.day,
            )


def hold(play: Play, code: str, talks: Mapping[str, Talk]) -> None:
    """Hold what is planned until today, with each person or team that ``talks`` names."""
    with play.writing() as session:
        for check_in in _planned(session, play, code):
            talk = talks.get(_whom(check_in))
            if talk is None:
                continue
            owner = _whom(check_in)
            measure = NewMeasure(talk.measure, owner, talk.due_on)
            hold_check_in(
                session,
                _leader(play, session, check_in),
                play.now(),
                check_in,
                talk.notes,
                _endings(session, play, check_in),
                [measure],
                held_on=play.day,
                today=play.day,
            )


def first_talks(people: Sequence[str], due_on: date) -> dict[str, Talk]:
    talk = Talk(_FIRST, "梳理开发区三十家名单，每周拜访四家", due_on)
    return dict.fromkeys(people, talk)


def second_talks(people: Sequence[str], due_on: date) -> dict[str, Talk]:
    talk = Talk(_SECOND, "报价后两天内回访，每周一把跟进情况发给经理", due_on)
    return dict.fromkeys(people, talk)


def team_talks(teams: Sequence[str], due_on: date) -> dict[str, Talk]:
    talk = Talk(_TEAM, "九折以下的报价单每周汇总一次", due_on)
    return dict.fromkeys(teams, talk)


def call_off(play: Play, code: str, whom: Sequence[str], reason: str) -> None:
    """Call off what is planned with some people and teams."""
    with play.writing() as session:
        query = select(CheckIn).where(CheckIn.state == "planned").order_by(CheckIn.id)
        for check_in in session.scalars(query):
            if check_in.cycle.code == code and _whom(check_in) in whom:
                leader = _leader(play, session, check_in)
                cancel_check_in(session, leader, play.now(), check_in, reason)


def finish_measure(play: Play, person: str, said: str) -> None:
    """Have somebody close the first measure that they took on, saying what came of it."""
    actor = play.who(person)
    with play.writing() as session:
        own = open_measures(session, person=actor.person_id)
        mine = [each for each in own if each.owner.code == person]
        if mine:
            end_measure(session, actor, play.now(), mine[0], state="done", said=said)


def _planned(session: Session, play: Play, code: str) -> list[CheckIn]:
    query = (
        select(CheckIn)
        .where(CheckIn.state == "planned", CheckIn.planned_on <= play.day)
        .order_by(CheckIn.planned_on, CheckIn.id)
    )
    return [each for each in session.scalars(query) if each.cycle.code == code]


def _whom(check_in: CheckIn) -> str:
    """Return the code of the person or the team that a check-in is about."""
    if check_in.review is not None:
        return check_in.review.person.code
    assert check_in.unit is not None, "a check-in is about a review or a unit"
    return check_in.unit.code


def _leader(play: Play, session: Session, check_in: CheckIn) -> Actor:
    if check_in.review is None:
        return leading(play, _whom(check_in))
    return leading(play, play.manager_code(session, check_in.review.person_id))


def _endings(session: Session, play: Play, check_in: CheckIn) -> dict[str, Ending]:
    """Close the measures whose day has come; the others are carried forward."""
    if check_in.review is not None:
        measures = open_measures(session, person=check_in.review.person_id)
    else:
        measures = open_measures(session, unit=check_in.unit_id)
    return {
        each.public_id: Ending("done", "按期完成，新增线索七条")
        for each in measures
        if _is_due(each, play.day)
    }


def _is_due(measure: Undertaking, day: date) -> bool:
    return measure.due_on is not None and measure.due_on <= day
