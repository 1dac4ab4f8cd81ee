"""A move that is known beforehand changes nothing before its day: neither what waits for whom, nor
who may take a measure on, nor where somebody answers from.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.organisation import NOW, actor
from tests.played import Played
from tests.workflows.goals.world import Year, manager, person
from tests.workflows.tracking.helping import LATE, review_of, ruled
from tests.workflows.tracking.helping import manager as leads
from workflows.access.policy import Role
from workflows.goals.offers import answer_goal, propose_goals
from workflows.goals.tables import GoalOffer
from workflows.goals.waiting import goal_tasks
from workflows.org.tables import Membership, Person, Unit
from workflows.plans.tables import Plan
from workflows.plans.waiting import plan_tasks
from workflows.programme.questions import QUESTIONS
from workflows.programme.survey import answer_survey, open_survey
from workflows.programme.tables import SurveyAnswer
from workflows.tracking.check_ins import owners_of, plan_check_in

TODAY = date(2026, 1, 31)
SOON = TODAY + timedelta(days=20)


def moves(session: Session, code: str, unit: str, on: date = SOON) -> None:
    """Have somebody be in another unit, as what they are, from a day on."""
    held = session.scalars(sa.select(Membership).join(Person).where(Person.code == code)).one()
    held.valid_to = on
    to = session.scalars(sa.select(Unit).where(Unit.code == unit)).one()
    about = {"person_id": held.person_id, "role": held.role, "valid_from": on}
    session.add(Membership(unit_id=to.id, **about))
    session.flush()


def test_a_countered_goal_waits_for_who_leads_on_the_day(game: Played) -> None:
    year = Year(game)
    year.begin()
    year.cascade()
    with year.write() as session:
        propose_goals(session, manager(session), NOW, year.tree(session), [person(session, "S11")])
        offer = session.scalars(sa.select(GoalOffer)).one()
        own = actor(session, Role.SALESPERSON, "S11")
        answer_goal(session, own, NOW, offer, counter=(Decimal(1),), reason="客户少")
        moves(session, "M1", "west-1")
        m1 = manager(session)
        to_settle = [
            sum("settle" in task.message for task in goal_tasks(session, replace(m1, on=day), NOW))
            for day in (TODAY, SOON)
        ]
        assert to_settle == [1, 0]


def test_a_plan_waits_for_the_director_while_its_person_manages(game: Played) -> None:
    ruled(game)
    with game.database.write() as session:
        m1 = person(session, "M1")
        session.add(
            Plan(
                public_id="plan-1",
                kind="improvement",
                person_id=m1.id,
                review_id=review_of(session, "S11").id,
                state="draft",
                version=0,
                goal="带好新人",
                starts_on=LATE,
                ends_on=LATE,
                diagnosis=[],
                drafted_at=NOW,
            )
        )
        held = session.scalars(sa.select(Membership).where(Membership.person_id == m1.id)).one()
        held.valid_to = SOON
        session.flush()
        director = actor(session, Role.SALES_DIRECTOR, "S33")
        assert len(plan_tasks(session, replace(director, on=TODAY), NOW)) == 1
        assert plan_tasks(session, replace(director, on=SOON), NOW) == []


def test_a_measure_is_taken_on_by_who_leads_on_the_day(game: Played) -> None:
    ruled(game)
    with game.database.write() as session:
        review = review_of(session, "S11")
        talk = plan_check_in(
            session,
            leads(session),
            NOW,
            review,
            review.cycle,
            rhythm="once",
            planned_on=LATE,
            today=LATE,
        )
        moves(session, "M1", "west-1")
        assert owners_of(session, talk, TODAY) == ["S11", "M1"]
        assert owners_of(session, talk, SOON) == ["S11"]


def test_a_survey_is_answered_from_the_region_of_the_day(game: Played) -> None:
    with game.database.write() as session:
        hr = actor(session, Role.HR)
        survey = open_survey(session, hr, NOW, quarter="2025-Q4", closes_on=SOON, today=TODAY)
        moves(session, "S11", "west-1")
        scores = {question.code: 4 for question in QUESTIONS}
        who = actor(session, Role.SALESPERSON, "S11")
        answer_survey(session, who, NOW, survey, scores, "", TODAY)
        region = session.scalars(sa.select(SurveyAnswer.region_id)).one()
        assert region == session.scalars(sa.select(Unit.id).where(Unit.code == "east")).one()
