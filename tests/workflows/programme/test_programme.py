"""The programme's report: whole, anonymous, and with measures that close only with an effect."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor
from tests.played import PEOPLE, Played
from tests.refusing import refused
from workflows.access.policy import Role
from workflows.appeals.tables import Appeal
from workflows.programme.appeals import AppealOutcome
from workflows.programme.measures import add_programme_measure
from workflows.programme.opinions import Opinions, opinions_of
from workflows.programme.questions import LEAST_ANSWERS, QUESTIONS
from workflows.programme.report import programme_report, quarters
from workflows.programme.survey import answer_survey, close_survey, open_survey
from workflows.programme.tables import Survey, SurveyAnswer, SurveyTaken
from workflows.programme.waiting import programme_tasks
from workflows.timers.tables import Timer
from workflows.tracking.tables import Undertaking
from workflows.tracking.undertakings import NewMeasure, end_measure

TODAY = date(2026, 1, 31)
UNTIL = TODAY + timedelta(days=14)
AFTER = UNTIL + timedelta(days=1)
FOUR = dict.fromkeys((question.code for question in QUESTIONS), 4)


def opened(session: Session) -> Survey:
    hr = actor(session, Role.HR)
    return open_survey(session, hr, NOW, "2017-Q4", closes_on=UNTIL, today=TODAY)


def answered(session: Session, survey: Survey, person: str, score: int = 4) -> None:
    role = Role.MANAGER if person.startswith("M") else Role.SALESPERSON
    scores = dict.fromkeys(FOUR, score)
    who = actor(session, role, person)
    answer_survey(session, who, NOW, survey, scores, f"第{score}条", TODAY)


def test_answers_are_of_nobody_and_small_groups_are_not_shown(game: Played) -> None:
    with game.database.write() as session:
        survey = opened(session)
        for person in PEOPLE[:4]:
            answered(session, survey, person)
        few = opinions_of(session, survey, AFTER)
        assert (few.answered, few.whole.means, few.texts) == (4, None, ())
        answered(session, survey, PEOPLE[4], 5)
        answered(session, survey, "M1", 1)
        said = opinions_of(session, survey, AFTER)
        assert said.answered == 6
        assert said.whole.means is not None
        assert set(said.whole.means.values()) == {Decimal("3.67")}
        # Of five staff and one manager, the staff would tell what the manager said.
        assert [group.means for group in said.audiences] == [None, None]
        # Five in one region and one in the other: the same.
        assert [group.means for group in said.regions] == [None, None]
        assert sorted(said.texts) == ["第1条", "第4条", "第4条", "第4条", "第4条", "第5条"]
        columns = {*SurveyAnswer.__table__.columns.keys()}
        assert columns == {"key", "survey_id", "audience", "region_id", "scores", "text"}
        assert set(SurveyTaken.__table__.columns.keys()) == {"survey_id", "person_id"}


def _guessed(said: Opinions) -> list[int]:
    """Return the sizes of groups that could be worked out from the whole and the shown ones."""
    found = []
    for groups in (said.audiences, said.regions):
        hidden = [group.answers for group in groups if group.answers and group.means is None]
        if said.whole.means is not None and hidden:
            found.append(sum(hidden))
    return found


def test_what_is_hidden_cannot_be_worked_out(game: Played) -> None:
    """What is left of the whole without the groups shown is never a small group by itself."""
    with game.database.write() as session:
        survey = opened(session)
        for person in (*PEOPLE, "M1"):
            answered(session, survey, person)
            said = opinions_of(session, survey, AFTER)
            assert all(size >= LEAST_ANSWERS for size in _guessed(said))


def test_no_answer_is_told_by_what_was_shown_before_it(game: Played) -> None:
    """While more may come, a mean before and after one of them would tell what it said."""
    with game.database.write() as session:
        survey = opened(session)
        for person in PEOPLE:
            answered(session, survey, person)
            said = opinions_of(session, survey, UNTIL)
            groups = (said.whole, *said.audiences, *said.regions)
            assert [group.means for group in groups if group.means] == []
            assert said.texts == ()
        assert said.answered == len(PEOPLE)
        assert opinions_of(session, survey, AFTER).whole.means is not None
        close_survey(session, actor(session, Role.HR), NOW, survey)
        assert opinions_of(session, survey, TODAY).whole.means is not None


def test_once_each_whole_and_in_time(game: Played) -> None:
    with game.database.write() as session:
        survey, me = opened(session), actor(session, Role.SALESPERSON, "S11")
        assert [task.link for task in programme_tasks(session, me, NOW)] == [
            f"/survey/{survey.public_id}"
        ]
        # In Shanghai its last day is over eight hours before it is in London.
        ended = datetime.combine(UNTIL, time(17), UTC)
        assert programme_tasks(session, me, ended - timedelta(hours=2)) != []
        assert programme_tasks(session, me, ended) == []
        for scores in ({}, FOUR | {"fair": 6}, FOUR | {"fair": 0}):
            with pytest.raises(KaohengError) as caught:
                answer_survey(session, me, NOW, survey, scores, "", TODAY)
            assert {fault.code for fault in caught.value.faults} == {"programme.unanswered"}
        with refused(Kind.CONFLICT, "programme.over"):
            late = UNTIL + timedelta(days=1)
            answer_survey(session, me, NOW, survey, FOUR, "", late)
        answered(session, survey, "S11")
        assert programme_tasks(session, me, NOW) == []
        with refused(Kind.CONFLICT, "programme.over"):
            answered(session, survey, "S11")
        with refused(Kind.CONFLICT, "programme.asked_already"):
            opened(session)
        hr = actor(session, Role.HR)
        with refused(Kind.DENIED, "access.denied"):
            answer_survey(session, hr, NOW, survey, FOUR, "", TODAY)
        close_survey(session, hr, NOW, survey)
        with refused(Kind.CONFLICT, "programme.over"):
            answered(session, survey, "S12")


def appealed(review_id: int, state: str, escalated_at: datetime | None = None) -> Appeal:
    return Appeal(
        public_id=f"appeal-{review_id}",
        review_id=review_id,
        seq=1,
        state=state,
        version=0,
        reason="漏算了一单",
        submitted_at=NOW,
        answer_due=NOW,
        escalated_at=escalated_at,
    )


def test_the_report_of_a_quarter(game: Played) -> None:
    game.up_to_calibration()
    with game.database.write() as session:
        hr = actor(session, Role.HR)
        reviews = session.scalars(sa.text("select public_id from review order by id")).all()
        for number, (state, public_id) in enumerate(
            [("done", reviews[0]), ("dropped", reviews[1])]
        ):
            about = {"review": public_id, "stage": "evaluation"}
            more = {"about": about, "state": state, "due_at": NOW, "ended_at": NOW}
            session.add(Timer(kind="stage_deadline", key=str(number), **more))
        ids = session.scalars(sa.text("select id from review order by id")).all()
        session.add_all(
            [
                appealed(ids[0], "posted", NOW),
                appealed(ids[1], "posted"),
                appealed(ids[2], "accepted"),
            ]
        )
        session.flush()
        assert quarters(session, hr) == ["2017-Q4"]
        found = programme_report(session, hr, "2017-Q4", TODAY)
        assert (found.reviews, found.kept, found.missed) == (len(PEOPLE), 1, 1)
        assert found.appeals == [AppealOutcome("accepted", 1), AppealOutcome("posted", 2, 1)]
        stages = {each.stage: each.left for each in found.stages}
        assert stages["tracking"] == len(PEOPLE)
        whole = [each for each in found.distributions if each.team is None]
        assert sum(each.people for each in whole) == len(PEOPLE)
        assert {each.region for each in whole} == {"east", "west"}
        assert len(found.warnings) == 1
        empty = programme_report(session, hr, "2018-Q1", TODAY)
        assert (empty.reviews, empty.cycles) == (0, [])
        with refused(Kind.INVALID, "programme.no_quarter"):
            programme_report(session, hr, "2017", TODAY)
        for role in (Role.MANAGER, Role.SALESPERSON, Role.FINANCE):
            with refused(Kind.DENIED, "access.denied"):
                programme_report(session, actor(session, role, "M1"), "2017-Q4", TODAY)


def test_a_measure_of_the_programme_closes_with_its_effect(game: Played) -> None:
    with game.database.write() as session:
        hr = actor(session, Role.HR)
        todo = NewMeasure("目标减少一成", "M1", UNTIL)
        with refused(Kind.INVALID, "tracking.owner"):
            add_programme_measure(session, hr, NOW, "2017-Q4", NewMeasure("x", "?", UNTIL), TODAY)
        add_programme_measure(session, hr, NOW, "2017-Q4", todo, TODAY)
        measure = session.scalars(sa.select(Undertaking)).one()
        m1 = actor(session, Role.MANAGER, "M1")
        with refused(Kind.INVALID, "tracking.text"):
            end_measure(session, m1, NOW, measure, state="done", said="")
        end_measure(session, m1, NOW, measure, state="done", said="申诉减半")
        found = programme_report(session, hr, "2017-Q4", TODAY)
        assert [(each.state, each.effect) for each in found.measures] == [("done", "申诉减半")]
