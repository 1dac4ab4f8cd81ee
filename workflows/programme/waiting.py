"""What waits for somebody in the programme: surveys to answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may
from workflows.base.clock import day_of
from workflows.programme.tables import Survey, SurveyTaken
from workflows.tasks.task import Task


def programme_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return the surveys that are open and that the actor has not answered."""
    if actor.oneself is None or not may(actor, "answer_survey"):
        return []
    answered = exists().where(
        SurveyTaken.survey_id == Survey.id, SurveyTaken.person_id == actor.oneself
    )
    still_open = (Survey.state == "open", Survey.closes_on >= day_of(session, now))
    surveys = session.scalars(select(Survey).where(*still_open, ~answered).order_by(Survey.id))
    return [
        Task(
            N_("Say what you think of the appraisal in {quarter}, by {day}"),
            f"/survey/{survey.public_id}",
            survey.opened_at,
            params={"quarter": survey.quarter, "day": survey.closes_on.isoformat()},
        )
        for survey in surveys
    ]
