"""A quarter of the demo, from its opening to its seal: each step on its day.

Of the salespeople's policy, of the managers', or of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from workflows.access.actors import Actor
from workflows.calibration.operations import calibrate_review
from workflows.cycles.approval import approve_cycle
from workflows.cycles.operations import find_cycle, lock_cycle, open_cycle, policy_of
from workflows.cycles.sealing import close_cycle
from workflows.demo.calendar import MANAGERS, SALES, Change, Quarter
from workflows.demo.copies import sign_copies
from workflows.demo.stage import Stage
from workflows.jobs.service import Jobs
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review

BOTH = (SALES, MANAGERS)
AFTERNOON = 240  # minutes into office hours

# What is done on a day.
Planned = tuple[date, Callable[[Stage], None]]


def open_quarter(stage: Stage, quarter: Quarter, policies: Sequence[str] = BOTH) -> None:
    for policy in policies:
        with stage.app.database.write() as session:
            open_cycle(
                session,
                stage.cast.actors["hr"],
                stage.at(quarter.opened),
                policy_code=policy,
                period_label=quarter.label,
            )


def set_goals(stage: Stage, quarter: Quarter) -> None:
    for _, step in setting_goals(quarter):
        step(stage)


def setting_goals(quarter: Quarter, policies: Sequence[str] = BOTH) -> Iterator[Planned]:
    """Give what is done on which day to submit goals, to approve them, and to sign the copies."""
    first, second = quarter.opened, later(quarter.opened, 1)
    yield (
        first,
        lambda stage: _move_all(stage, quarter, policies, "submit_goals", first, stage.owner),
    )
    yield (
        second,
        lambda stage: _move_all(stage, quarter, policies, "approve_goals", second, stage.superior),
    )
    yield second, lambda stage: sign_copies(stage, second)


def lock_quarter(stage: Stage, quarter: Quarter, policies: Sequence[str] = BOTH) -> None:
    for policy in policies:
        with stage.app.database.write() as session:
            cycle = find_cycle(session, quarter.cycle(policy))
            lock_cycle(session, stage.cast.actors["hr"], stage.at(quarter.locked, 60), cycle)


def reviewing(quarter: Quarter, policies: Sequence[str] = BOTH) -> Iterator[Planned]:
    """Give what is done on which day to evaluate, calibrate, approve, talk about it and seal."""

    def moving(
        days: int, transition: str, who: Callable[[Stage], Callable[[Review], Actor]]
    ) -> Planned:
        day = later(quarter.locked, days)
        return day, lambda stage: _move_all(stage, quarter, policies, transition, day, who(stage))

    calibrated, approved, closed = (later(quarter.locked, days) for days in (11, 14, 26))
    yield moving(6, "start_evaluation", lambda stage: stage.superior)
    yield moving(7, "submit_evaluation", lambda stage: stage.superior)
    if SALES in policies:
        yield calibrated, lambda stage: _calibrate(stage, quarter, calibrated)
    yield moving(12, "submit_result", lambda stage: stage.director)
    yield approved, lambda stage: approve_cycles(stage, quarter, policies, approved)
    yield moving(19, "confirm_feedback", lambda stage: stage.superior)
    yield closed, lambda stage: _close(stage, quarter, policies, closed)


def approve_cycles(stage: Stage, quarter: Quarter, policies: Sequence[str], day: date) -> None:
    """Approve by everybody whom the settings ask for."""
    for policy in policies:
        approve(stage, quarter.cycle(policy), day)


def approve(stage: Stage, code: str, day: date, minutes: int = 0) -> None:
    """Approve a cycle's results by everybody whom the settings ask for, and enter its grants."""
    jobs = Jobs(stage.app_on(day, minutes).settings, stage.app.database)
    needed = stage.app.settings.approvals
    with jobs.working():
        for approval in needed:
            role = approval.split("|")[0]
            actor = stage.cast.actors[role.removeprefix("sales_")]
            with stage.app.database.write() as session:
                cycle = find_cycle(session, code)
                job_id = approve_cycle(session, actor, stage.at(day, minutes), cycle, needed)
        assert job_id is not None, "everybody who is needed has approved"
        jobs.finish(job_id)


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _move_all(
    stage: Stage,
    quarter: Quarter,
    policies: Sequence[str],
    transition: str,
    day: date,
    who: Callable[[Review], Actor],
) -> None:
    """Move everybody on one day: the salespeople in the morning, then the managers."""
    for policy in policies:
        minutes = 0 if policy == SALES else AFTERNOON
        stage.move(quarter.cycle(policy), day, transition, who, minutes=minutes)


def _calibrate(stage: Stage, quarter: Quarter, day: date) -> None:
    for minutes, change in enumerate(quarter.changes):
        _change_grade(stage, quarter.cycle(SALES), day, minutes, change)


def _change_grade(stage: Stage, code: str, day: date, minutes: int, change: Change) -> None:
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


def _close(stage: Stage, quarter: Quarter, policies: Sequence[str], day: date) -> None:
    for policy in policies:
        with stage.app.database.write() as session:
            cycle = find_cycle(session, quarter.cycle(policy))
            close_cycle(session, stage.cast.actors["hr"], stage.at(day), cycle)
