"""Plans after a result: improvement with training and a mentor, development, and their effect."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cycles.operations import find_cycle
from workflows.demo.played.play import Play
from workflows.org.tables import Person
from workflows.plans.operations import (
    Draft,
    agree_plan,
    draft_plan,
    end_plan,
    evaluate_plan,
    note_plan,
    start_plan,
)
from workflows.plans.tables import Plan
from workflows.reviews.reading import find_review
from workflows.tracking.undertakings import NewMeasure


def draft_improvement(
    play: Play, code: str, person: str, until: date, *, kpi: str = "win_rate", mentor: str = ""
) -> None:
    """Have the manager draft an improvement plan from somebody's result."""
    draft = Draft(
        kind="improvement",
        goal="赢单率提高到百分之五十以上",
        starts_on=play.day,
        ends_on=until,
        rule="conversion",
        kpi=kpi,
        training="需求访谈与方案演示（两天）",
        mentor=mentor,
        measures=(
            NewMeasure("每周与导师复盘两单，写出丢单原因", person, until),
            NewMeasure("参加需求访谈培训并完成两次演练", person, until),
        ),
    )
    _draft(play, code, person, draft)


def draft_development(play: Play, code: str, person: str, until: date, mentor: str = "") -> None:
    """Have the manager draft a development plan with somebody: strengths, needs, a path."""
    draft = Draft(
        kind="development",
        goal="一年内具备独立带领三人小组的能力",
        starts_on=play.day,
        ends_on=until,
        path="lead",
        training="新任主管培训",
        strengths="大客户谈判、带新人有耐心",
        needs="团队目标分解与过程管理",
        mentor=mentor,
        measures=(NewMeasure("主持两次团队周会并收集反馈", person, until),),
    )
    _draft(play, code, person, draft)


def agree(play: Play, person: str, *, both: bool = True) -> None:
    """Have the person agree to their newest plan, and the manager too."""
    with play.writing() as session:
        plan = _plan(session, person)
        agree_plan(session, play.who(person), play.now(), plan)
        if both:
            agree_plan(session, play.manager_of(session, plan.person_id), play.now(), plan)


def start(play: Play, person: str) -> None:
    with play.writing() as session:
        plan = _plan(session, person)
        start_plan(session, play.manager_of(session, plan.person_id), play.now(), plan)


def note(play: Play, person: str, kind: str, text: str) -> None:
    """Keep what happened: a training, evidence, another appraisal."""
    with play.writing() as session:
        plan = _plan(session, person)
        manager = play.manager_of(session, plan.person_id)
        note_plan(
            session, manager, play.now(), plan, kind=kind, happened_on=play.day, text=text,
            link="", today=play.day,
        )  # fmt: skip


def evaluate(play: Play, person: str, conclusion: str, *, end: bool = True) -> None:
    """Say what came of the plan, with the figures before and after it."""
    with play.writing() as session:
        plan = _plan(session, person)
        manager = play.manager_of(session, plan.person_id)
        evaluate_plan(session, manager, play.now(), plan, conclusion)
        if end:
            end_plan(session, manager, play.now(), plan, "")


def _draft(play: Play, code: str, person: str, draft: Draft) -> None:
    with play.writing() as session:
        review = find_review(session, find_cycle(session, code), person)
        manager = play.manager_of(session, review.person_id)
        draft_plan(session, manager, play.now(), review, draft, play.day)


def _plan(session: Session, person: str) -> Plan:
    query = select(Plan).join(Plan.person).where(Person.code == person).order_by(Plan.id.desc())
    return session.scalars(query.limit(1)).one()
