"""The programme itself, after a quarter: a short survey, and measures on what the report says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflows.demo.played.play import Play
from workflows.programme.measures import add_programme_measure
from workflows.programme.questions import QUESTIONS
from workflows.programme.survey import answer_survey, close_survey, open_survey, survey_of
from workflows.tracking.undertakings import NewMeasure

_WORDS = (
    "核对业绩之后心里踏实多了",
    "述职花的时间有点长，能不能提前把数字填好发给我们",
    "希望面谈提前约时间",
    "",
    "",
)


def ask(play: Play, quarter: str, closes_on: date) -> None:
    with play.writing() as session:
        open_survey(
            session, play.who("hr"), play.now(), quarter, closes_on=closes_on, today=play.day
        )


def answer(play: Play, quarter: str, people: Sequence[str]) -> None:
    """Have people answer, without their names."""
    with play.writing() as session:
        survey = survey_of(session, quarter)
        assert survey is not None, "it is open"
        for person in people:
            chance = play.chance(f"survey/{quarter}/{person}")
            scores = {each.code: chance.randint(2, 5) for each in QUESTIONS}
            answer_survey(
                session, play.who(person), play.now(), survey, scores, chance.choice(_WORDS),
                play.day,
            )  # fmt: skip


def end(play: Play, quarter: str) -> None:
    with play.writing() as session:
        survey = survey_of(session, quarter)
        assert survey is not None, "it is open"
        close_survey(session, play.who("hr"), play.now(), survey)


def take_measure(play: Play, quarter: str, what: str, owner: str, due_on: date) -> None:
    """Take a measure on what the report of the quarter says."""
    with play.writing() as session:
        measure = NewMeasure(what, owner, due_on)
        add_programme_measure(session, play.who("hr"), play.now(), quarter, measure, play.day)
