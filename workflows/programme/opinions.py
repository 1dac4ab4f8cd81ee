"""What a survey says: by audience and region, and only of groups in which nobody can be guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.measures import rounded_ratio
from workflows.org.tables import Unit
from workflows.programme.questions import AUDIENCES, LEAST_ANSWERS, QUESTIONS
from workflows.programme.survey import is_over
from workflows.programme.tables import Survey, SurveyAnswer, SurveyTaken


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one group. ``means`` by question have two places; None: too few to show."""

    audience: str | None
    region: str | None
    answers: int
    means: dict[str, Decimal] | None


@dataclass(frozen=True, slots=True)
class Opinions:
    """All answers, by audience and by region; ``texts`` in an order that says nothing."""

    answered: int
    whole: Group
    audiences: tuple[Group, ...]
    regions: tuple[Group, ...]
    texts: tuple[str, ...]


def opinions_of(session: Session, survey: Survey, today: date) -> Opinions:
    """Return what was answered; a group of fewer than ``LEAST_ANSWERS`` has no means.

    Nor has a group that would tell of a small one by what is left of the whole, and none before
    the survey is over: from one answer to the next the means would tell what the last one said.
    """
    answers = session.scalars(select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id)).all()
    over = is_over(survey, today)
    names: dict[int | None, str] = {
        unit.id: unit.name
        for unit in session.scalars(select(Unit).where(Unit.kind == "region").order_by(Unit.id))
    }
    whole = _group(answers, over=over)
    by_audience = _shown(
        [
            (each, None, [answer for answer in answers if answer.audience == each])
            for each in AUDIENCES
        ],
        over=over,
    )
    by_region = _shown(
        [
            (None, names.get(region), [each for each in answers if each.region_id == region])
            for region in (*names, None)
        ],
        over=over,
    )
    enough = over and len(answers) >= LEAST_ANSWERS
    texts = sorted(answer.text for answer in answers if answer.text and enough)
    Random(len(texts)).shuffle(texts)  # noqa: S311 (an order that says nothing is no secret)
    taken = select(func.count()).select_from(SurveyTaken).where(SurveyTaken.survey_id == survey.id)
    regions = tuple(group for group in by_region if group.region or group.answers)
    return Opinions(session.scalar(taken) or 0, whole, by_audience, regions, tuple(texts))


def _shown(
    groups: Sequence[tuple[str | None, str | None, Sequence[SurveyAnswer]]], *, over: bool
) -> tuple[Group, ...]:
    """Give the groups, without the means of those in which somebody could be guessed.

    What is left of the whole without the groups that are shown is a group as well: while it is
    too small, the next smallest is hidden with it.
    """
    sizes = sorted(len(answers) for _, _, answers in groups if answers)
    hidden = [size for size in sizes if size < LEAST_ANSWERS]
    while hidden and sum(hidden) < LEAST_ANSWERS and len(hidden) < len(sizes):
        hidden.append(sizes[len(hidden)])
    least = hidden[-1] + 1 if hidden else LEAST_ANSWERS
    return tuple(
        Group(
            audience,
            region,
            len(answers),
            _means(answers) if over and len(answers) >= least else None,
        )
        for audience, region, answers in groups
    )


def _group(answers: Sequence[SurveyAnswer], *, over: bool) -> Group:
    enough = over and len(answers) >= LEAST_ANSWERS
    return Group(None, None, len(answers), _means(answers) if enough else None)


def _means(answers: Iterable[SurveyAnswer]) -> dict[str, Decimal]:
    given = list(answers)
    found = {}
    for question in QUESTIONS:
        total = sum(int(answer.scores[question.code]) for answer in given)
        mean = rounded_ratio(Decimal(total), Decimal(len(given)), 2)
        found[question.code] = mean or Decimal(0)
    return found
