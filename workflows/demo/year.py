"""The demo's year: three quarters appraised, settled and sealed, the fourth under way.

Everything happens by the real operations, by those who may, on the day it would have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows.demo.calendar import MANAGERS, QUARTERS, SALES, START, Quarter
from workflows.demo.cast import join_office, join_sales
from workflows.demo.company import NEWCOMERS
from workflows.demo.copies import sign_copies
from workflows.demo.generate import generate
from workflows.demo.quarter import (
    AFTERNOON,
    Planned,
    later,
    lock_quarter,
    open_quarter,
    reviewing,
    set_goals,
)
from workflows.demo.rules import leave_rules_undecided, publish_rules
from workflows.demo.stage import Choice, Stage, team_of
from workflows.rulebook.shipped import RULES_FOLDER
from workflows.sources.imports import import_folder


def play_year(stage: Stage, seed: int) -> None:
    """Play the year: each quarter begins while the one before is locked and then reviewed."""
    begin_year(stage, seed)
    *done, running = QUARTERS
    open_quarter(stage, done[0])
    set_goals(stage, done[0])
    for quarter, following in zip(done, QUARTERS[1:], strict=True):
        _import(stage, seed, quarter.ended, quarter.locked)
        lock_quarter(stage, quarter)
        open_quarter(stage, following)
        if following is running:
            _set_goals_unevenly(stage, following)
        else:
            set_goals(stage, following)
        for _, step in reviewing(quarter):
            step(stage)
    publish_rules(stage)
    _import(stage, seed, running.ended, running.locked)
    lock_quarter(stage, running, (MANAGERS,))
    for _, step in reviewing_some_managers(running):
        step(stage)
    leave_rules_undecided(stage)


def begin_year(stage: Stage, seed: int) -> None:
    """Make the accounts of the office, import the organisation, make those of sales."""
    with stage.app.database.write() as session:
        join_office(session, stage.at(START), stage.cast)
    _import(stage, seed, START, START)
    with stage.app.database.write() as session:
        join_sales(session, stage.at(START, 60), stage.cast)


def import_exports(stage: Stage, folder: Path, day: date, minutes: int = 0) -> None:
    """Import on ``day`` the files that the company's systems exported into ``folder``."""
    source = RULES_FOLDER / "sources" / "demo.yaml"
    import_folder(
        stage.app_on(day, minutes),
        stage.cast.actors["hr"],
        text=source.read_text(encoding="utf-8"),
        file=source.name,
        folder=folder,
    )


def reviewing_some_managers(quarter: Quarter) -> Iterator[Planned]:
    """Bring four of the six managers to evaluation, and two of them to calibration."""
    code = quarter.cycle(MANAGERS)
    for transition, days, people in (
        ("start_evaluation", 1, ("M01", "M02", "M03", "M04")),
        ("submit_evaluation", 2, ("M01", "M02")),
    ):
        day = later(quarter.locked, days)
        yield day, partial(_superiors_move, code, day, transition, people)


def _superiors_move(
    code: str, day: date, transition: str, people: Sequence[str], stage: Stage
) -> None:
    stage.move(code, day, transition, stage.superior, only=_among(*people))


def _import(stage: Stage, seed: int, exported: date, day: date) -> None:
    """Import on ``day`` what the company's systems knew at the end of the day ``exported``."""
    with TemporaryDirectory(prefix="kaoheng-demo-") as name:
        generate(Path(name), seed, exported)
        import_exports(stage, Path(name), day)


def _set_goals_unevenly(stage: Stage, quarter: Quarter) -> None:
    """Leave some goals unwritten, a team's unapproved, and one sent back with a reason."""
    sales, managers = quarter.cycle(SALES), quarter.cycle(MANAGERS)
    day, next_day = quarter.opened, later(quarter.opened, 1)
    sent_back, late_team = "S0302", "M04"
    stage.move(sales, day, "submit_goals", stage.owner, only=_all_but(*NEWCOMERS))
    stage.move(managers, day, "submit_goals", stage.owner, minutes=AFTERNOON)
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
    stage.move(managers, next_day, "approve_goals", stage.superior, minutes=AFTERNOON)
    sign_copies(stage, next_day, unevenly=True)


def _among(*people: str) -> Choice:
    return lambda review: review.person.code in people


def _all_but(*people: str) -> Choice:
    return lambda review: review.person.code not in people
