"""The demo's year: three quarters appraised, settled and sealed, the fourth under way.

Everything happens by the real operations, by those who may, on the day it would have.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows.access.actors import Actor
from workflows.calibration.operations import calibrate_review
from workflows.cycles.approval import approve_cycle
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.cycles.sealing import close_cycle
from workflows.demo.calendar import MANAGERS, QUARTERS, SALES, START, Change, Quarter
from workflows.demo.cast import join_office, join_sales
from workflows.demo.company import NEWCOMERS
from workflows.demo.copies import sign_copies
from workflows.demo.generate import generate
from workflows.demo.rules import leave_rules_undecided, publish_rules
from workflows.demo.stage import Choice, Stage, team_of
from workflows.jobs.service import Jobs
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review
from workflows.rulebook.shipped import RULES_FOLDER
from workflows.sources.imports import import_folder

_AFTERNOON = 240  # minutes into office hours


def play_year(stage: Stage, seed: int) -> None:
    """Play the year: each quarter begins while the one before is locked and then reviewed."""
    _begin(stage, seed)
    *done, running = QUARTERS
    _open(stage, done[0])
    _set_goals(stage, done[0])
    for quarter, following in zip(done, QUARTERS[1:], strict=True):
        _import(stage, seed, quarter.ended, quarter.locked)
        _lock(stage, quarter, SALES, MANAGERS)
        _open(stage, following)
        if following is running:
            _set_goals_unevenly(stage, following)
        else:
            _set_goals(stage, following)
        _review(stage, quarter)
    publish_rules(stage)
    _import(stage, seed, running.ended, running.locked)
    _lock(stage, running, MANAGERS)
    _review_some_managers(stage, running)
    leave_rules_undecided(stage)


def _begin(stage: Stage, seed: int) -> None:
    """Make the accounts of the office, import the organisation, make those of sales."""
    with stage.app.database.write() as session:
        join_office(session, stage.at(START), stage.cast)
    _import(stage, seed, START, START)
    with stage.app.database.write() as session:
        join_sales(session, stage.at(START, 60), stage.cast)


def _import(stage: Stage, seed: int, exported: date, day: date) -> None:
    """Import on ``day`` what the company's systems knew at the end of the day ``exported``."""
    source = RULES_FOLDER / "sources" / "demo.yaml"
    with TemporaryDirectory(prefix="kaoheng-demo-") as name:
        folder = Path(name)
        generate(folder, seed, exported)
        import_folder(
            stage.app_on(day),
            stage.cast.actors["hr"],
            text=source.read_text(encoding="utf-8"),
            file=source.name,
            folder=folder,
        )


def _open(stage: Stage, quarter: Quarter) -> None:
    for policy in (SALES, MANAGERS):
        with stage.app.database.write() as session:
            open_cycle(
                session,
                stage.cast.actors["hr"],
                stage.at(quarter.opened),
                policy_code=policy,
                period_label=quarter.label,
            )


def _set_goals(stage: Stage, quarter: Quarter) -> None:
    _move_all(stage, quarter, "submit_goals", quarter.opened, stage.owner)
    _move_all(stage, quarter, "approve_goals", _later(quarter.opened, 1), stage.superior)
    sign_copies(stage, _later(quarter.opened, 1))


def _set_goals_unevenly(stage: Stage, quarter: Quarter) -> None:
    """Leave some goals unwritten, a team's unapproved, and one sent back with a reason."""
    sales, managers = quarter.cycle(SALES), quarter.cycle(MANAGERS)
    day, next_day = quarter.opened, _later(quarter.opened, 1)
    sent_back, late_team = "S0302", "M04"
    stage.move(sales, day, "submit_goals", stage.owner, only=_all_but(*NEWCOMERS))
    stage.move(managers, day, "submit_goals", stage.owner, minutes=_AFTERNOON)
    stage.move(
        sales,
        next_day,
        "return_goals",
        stage.superior,
        only=_among(sent_back),
        reason="新签客户目标没有写明名单与完成时间",
    )
    stage.move(
        sales,
        next_day,
        "approve_goals",
        stage.superior,
        minutes=1,
        only=lambda r: r.stage == "goal_approval" and team_of(r) != late_team,
    )
    stage.move(managers, next_day, "approve_goals", stage.superior, minutes=_AFTERNOON)
    sign_copies(stage, next_day, unevenly=True)


def _lock(stage: Stage, quarter: Quarter, *policies: str) -> None:
    for policy in policies:
        with stage.app.database.write() as session:
            cycle = find_cycle(session, quarter.cycle(policy))
            lock_cycle(session, stage.cast.actors["hr"], stage.at(quarter.locked, 60), cycle)


def _review(stage: Stage, quarter: Quarter) -> None:
    """Evaluate, calibrate, approve, give feedback and seal."""
    _move_all(stage, quarter, "start_evaluation", _later(quarter.locked, 6), stage.superior)
    _move_all(stage, quarter, "submit_evaluation", _later(quarter.locked, 7), stage.superior)
    for minutes, change in enumerate(quarter.changes):
        _calibrate(stage, quarter.cycle(SALES), _later(quarter.locked, 11), minutes, change)
    _move_all(stage, quarter, "submit_result", _later(quarter.locked, 12), stage.director)
    _approve(stage, quarter, _later(quarter.locked, 14))
    _move_all(stage, quarter, "confirm_feedback", _later(quarter.locked, 19), stage.superior)
    _close(stage, quarter, _later(quarter.locked, 26))


def _move_all(
    stage: Stage, quarter: Quarter, transition: str, day: date, who: Callable[[Review], Actor]
) -> None:
    """Move everybody on one day: the salespeople in the morning, then the managers."""
    stage.move(quarter.cycle(SALES), day, transition, who)
    stage.move(quarter.cycle(MANAGERS), day, transition, who, minutes=_AFTERNOON)


def _calibrate(stage: Stage, code: str, day: date, minutes: int, change: Change) -> None:
    with stage.app.database.write() as session:
        cycle = find_cycle(session, code)
        graded = [r for r in reviews_of(session, cycle) if r.grade == change.grade]
        if not graded:
            return
        pick = max if change.best else min
        calibrate_review(
            session,
            stage.cast.actors["director"],
            stage.at(day, minutes),
            pick(graded, key=lambda review: review.total or 0),
            policy_of(cycle),
            grade=change.to,
            reason=change.reason,
        )


def _approve(stage: Stage, quarter: Quarter, day: date) -> None:
    """Approve by everybody whom the settings ask for."""
    jobs = Jobs(stage.app_on(day).settings, stage.app.database)
    needed = stage.app.settings.approvals
    with jobs.working():
        for policy in (SALES, MANAGERS):
            for approval in needed:
                role = approval.split("|")[0]
                actor = stage.cast.actors[role.removeprefix("sales_")]
                with stage.app.database.write() as session:
                    cycle = find_cycle(session, quarter.cycle(policy))
                    job_id = approve_cycle(session, actor, stage.at(day), cycle, needed)
            assert job_id is not None, "everybody who is needed has approved"
            jobs.finish(job_id)


def _close(stage: Stage, quarter: Quarter, day: date) -> None:
    for policy in (SALES, MANAGERS):
        with stage.app.database.write() as session:
            cycle = find_cycle(session, quarter.cycle(policy))
            close_cycle(session, stage.cast.actors["hr"], stage.at(day), cycle)


def _review_some_managers(stage: Stage, quarter: Quarter) -> None:
    """Bring four of the six managers to evaluation, and two of them to calibration."""
    code = quarter.cycle(MANAGERS)
    for transition, days, people in (
        ("start_evaluation", 1, ("M01", "M02", "M03", "M04")),
        ("submit_evaluation", 2, ("M01", "M02")),
    ):
        stage.move(
            code,
            _later(quarter.locked, days),
            transition,
            stage.superior,
            only=_among(*people),
        )


def _among(*people: str) -> Choice:
    return lambda review: review.person.code in people


def _all_but(*people: str) -> Choice:
    return lambda review: review.person.code not in people


def _later(day: date, days: int) -> date:
    return day + timedelta(days=days)
