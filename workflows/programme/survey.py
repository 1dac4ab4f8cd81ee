"""Asking staff and managers what they think of the programme, without learning who said what."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import periods
from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_everywhere
from workflows.accounts.tables import Account, AccountRole
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.leading import holds_on
from workflows.org.tables import Membership, Unit
from workflows.programme.questions import HIGHEST, LOWEST, QUESTIONS
from workflows.programme.tables import Survey, SurveyAnswer, SurveyTaken
from workflows.tracking.texts import day_faults, text_faults

_ASKED = ("manager", "salesperson")


def open_survey(
    session: Session,
    actor: Actor,
    now: datetime,
    quarter: str,
    *,
    closes_on: date | None,
    today: date,
) -> Survey:
    """Ask everybody who is appraised about a quarter, once; they are told.

    Raises ``KaohengError``: ``CONFLICT`` where the quarter has a survey already.
    """
    allow_everywhere(actor, "run_programme")
    label = quarter_of(quarter).label
    if closes_on is None or closes_on < today:
        missing = N_("The survey's last day is missing, or has passed.")
        raise KaohengError(day_faults("closes_on", None, missing))
    if session.scalar(select(Survey.id).where(Survey.quarter == label)) is not None:
        raise refuse(
            "programme.asked_already",
            N_("There is a survey about {quarter} already."),
            N_("Read its answers in the report."),
            kind=Kind.CONFLICT,
            quarter=label,
        )
    survey = Survey(
        public_id=uuid.uuid4().hex,
        quarter=label,
        closes_on=closes_on,
        state="open",
        opened_by=actor.account_id,
        opened_at=now,
    )
    session.add(survey)
    session.flush()
    for person_id in _asked(session):
        notify(
            session,
            now,
            person_id,
            f"survey/{survey.public_id}",
            N_("What do you think of the appraisal in {quarter}? Five questions, without names."),
            link=f"/survey/{survey.public_id}",
            quarter=label,
        )
    _log(session, "open_survey", actor, now, survey, closes_on=closes_on.isoformat())
    return survey


def answer_survey(
    session: Session,
    actor: Actor,
    now: datetime,
    survey: Survey,
    scores: Mapping[str, int],
    text: str,
    today: date,
) -> None:
    """Keep somebody's answer apart from their name, once each.

    That they answered is kept, and when stands in the log; what they answered has no time, no
    order and no name. Raises ``KaohengError``: ``CONFLICT`` where they answered, or it is over.
    """
    allow(actor, "answer_survey")
    if actor.oneself is None:
        raise refuse(
            "programme.nobody",
            N_("This account is nobody's who is appraised."),
            N_("Sign in as yourself."),
            kind=Kind.DENIED,
        )
    if is_over(survey, today):
        raise _over()
    if faults := _faults(scores, text):
        raise KaohengError(faults)
    there = select(SurveyTaken).where(
        SurveyTaken.survey_id == survey.id, SurveyTaken.person_id == actor.oneself
    )
    if session.scalar(there) is not None:
        raise _over()
    audience, region_id = _standing(session, actor.oneself, today)
    session.add(SurveyTaken(survey_id=survey.id, person_id=actor.oneself))
    session.add(
        SurveyAnswer(
            key=secrets.token_hex(16),
            survey_id=survey.id,
            audience=audience,
            region_id=region_id,
            scores={question.code: scores[question.code] for question in QUESTIONS},
            text=text.strip() or None,
        )
    )
    session.flush()
    _log(session, "answer_survey", actor, now, survey)


def close_survey(session: Session, actor: Actor, now: datetime, survey: Survey) -> None:
    """End a survey before its last day. CONFLICT where it has ended."""
    allow_everywhere(actor, "run_programme")
    closed = change_if(
        session,
        update(Survey).where(Survey.id == survey.id, Survey.state == "open").values(state="closed"),
    )
    session.refresh(survey)
    if not closed:
        raise _over()
    _log(session, "close_survey", actor, now, survey)


def find_survey(session: Session, actor: Actor, public_id: str) -> Survey:
    """Return a survey to somebody who may answer it; refuse with ``MISSING``."""
    allow(actor, "answer_survey")
    survey = session.scalar(select(Survey).where(Survey.public_id == public_id))
    if survey is None:
        raise refuse(
            "programme.no_survey",
            N_("There is no such survey."),
            N_("Start again from the overview."),
            kind=Kind.MISSING,
        )
    return survey


def survey_of(session: Session, quarter: str) -> Survey | None:
    """Return the survey about a quarter, if there is one."""
    return session.scalar(select(Survey).where(Survey.quarter == quarter))


def is_over(survey: Survey, today: date) -> bool:
    """Say whether a survey takes no answers any more."""
    return survey.state != "open" or today > survey.closes_on


def has_answered(session: Session, survey: Survey, person_id: int | None) -> bool:
    there = select(SurveyTaken).where(
        SurveyTaken.survey_id == survey.id, SurveyTaken.person_id == person_id
    )
    return session.scalar(there) is not None


def quarter_of(label: str) -> periods.Period:
    """Return a quarter; refuse any other period, and what is none."""
    period = periods.parse(label)
    if period.kind is not periods.PeriodKind.QUARTER:
        raise refuse(
            "programme.no_quarter",
            N_("{label} is not a quarter."),
            N_("Write it like 2026-Q1."),
            label=label,
        )
    return period


def _asked(session: Session) -> list[int]:
    rows = session.scalars(
        select(Account.person_id)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(Account.active, AccountRole.role.in_(_ASKED), Account.person_id.is_not(None))
        .distinct()
        .order_by(Account.person_id)
    )
    return [person_id for person_id in rows if person_id is not None]


def _standing(session: Session, person_id: int, on: date) -> tuple[str, int | None]:
    """Return as what somebody answers, and the region that they are in on that day."""
    rows = session.execute(
        select(Membership.role, Membership.unit_id)
        .where(Membership.person_id == person_id, holds_on(on))
        .order_by(Membership.id)
    ).all()
    manages = any(role == "manager" for role, _ in rows)
    unit = session.get(Unit, rows[0].unit_id) if rows else None
    while unit is not None and unit.kind != "region":
        unit = unit.parent
    return ("manager" if manages else "staff"), (unit.id if unit else None)


def _faults(scores: Mapping[str, int], text: str) -> list[Fault]:
    faults = [
        Fault(
            "programme.unanswered",
            N_("A question has no answer yet."),
            N_("Choose from {lowest} (not at all) to {highest} (fully)."),
            {"lowest": LOWEST, "highest": HIGHEST},
            Place(path=question.code),
        )
        for question in QUESTIONS
        if not LOWEST <= scores.get(question.code, 0) <= HIGHEST
    ]
    return [*faults, *text_faults("text", text)]


def _over() -> KaohengError:
    return refuse(
        "programme.over",
        N_("This survey has your answer already, or it is over."),
        N_("There is nothing more to do."),
        kind=Kind.CONFLICT,
    )


def _log(
    session: Session, action: str, actor: Actor, now: datetime, survey: Survey, **details: object
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("survey", survey.public_id),
        at=now,
        details={"quarter": survey.quarter, **details},
    )
