"""Reporting figures with a file, and checking them: they count once another person has."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.plain import dumps
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow, denied
from workflows.accounts.tables import Account
from workflows.base.conditional import change_if
from workflows.consultation.files import Attachment
from workflows.cycles.claiming import claim_cycle
from workflows.cycles.tables import Cycle
from workflows.figures.operations import checked_cells, require_open, take_figures
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.reporting.naming import providers_of
from workflows.reporting.tables import FigureFile, FigureProvider, FigureReport, ReportedFigure
from workflows.stages.naming import cycle_name

REPORTED, CHECKED, RETURNED, REPLACED = "reported", "checked", "returned", "replaced"
LONGEST = 4000


def report_figures(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    name: str,
    figures: Mapping[str, str],
    files: Sequence[Attachment],
    *,
    note: str = "",
) -> FigureReport:
    """Report a figure of people, by their codes, with the files that it rests on.

    Nothing counts yet: whoever is named to check it does. A report that is not checked is
    replaced by the next. Raises ``KaohengError``: ``DENIED`` for whoever is not named,
    ``INVALID`` with every figure that does not fit, or without a file, ``CONFLICT`` after the lock.
    """
    allow(actor, "report_figures")
    provider = _provider(session, cycle, name)
    if actor.account_id != provider.reporter_id:
        raise denied("report_figures")
    # Two reports at once come one after the other: the later one replaces the earlier.
    claim_cycle(session, cycle)
    require_open(cycle)
    _require_files(files)
    reported = _reported(session, actor, cycle, name, figures)
    _replace_unchecked(session, cycle, name)
    report = FigureReport(
        public_id=uuid.uuid4().hex,
        cycle_id=cycle.id,
        name=name,
        state=REPORTED,
        figures=reported,
        note=note.strip()[:LONGEST],
        reporter_id=provider.reporter_id,
        reported_at=now,
        files=[FigureFile(**each.columns) for each in files],
    )
    session.add(report)
    session.flush()
    _tell(
        session,
        now,
        provider.checker,
        report,
        N_("Figures of {cycle} have been reported: please check them."),
    )
    _log(session, "report_figures", actor, now, report)
    return report


def _require_files(files: Sequence[Attachment]) -> None:
    if not files:
        raise refuse(
            "reporting.no_file",
            N_("A reported figure needs the file that it rests on."),
            N_("Attach the survey, the statement or the calculation."),
            place=Place(path="files"),
        )


def _reported(
    session: Session, actor: Actor, cycle: Cycle, name: str, figures: Mapping[str, str]
) -> dict[str, str]:
    """Return the figures as they are kept, by person's code; every one must fit."""
    rows = [{"person": person, name: value} for person, value in figures.items()]
    cells = checked_cells(session, cycle, rows, name, range(1, len(rows) + 1))
    if not cells:
        raise refuse(
            "reporting.nothing",
            N_("No figure was given."),
            N_("Write a line for each person: the code and the figure."),
            place=Place(path="figures"),
        )
    _refuse_own(actor, [review.person_id for _, review, _, _ in cells])
    return {review.person.code: value for _, review, _, value in cells}


def _replace_unchecked(session: Session, cycle: Cycle, name: str) -> None:
    session.execute(
        update(FigureReport)
        .where(FigureReport.cycle_id == cycle.id, FigureReport.name == name)
        .where(FigureReport.state == REPORTED)
        .values(state=REPLACED)
    )


def check_report(
    session: Session,
    actor: Actor,
    now: datetime,
    report: FigureReport,
    *,
    accept: bool,
    reason: str = "",
) -> None:
    """Check a report: its figures count from now on, or it goes back with a reason.

    Only whoever is named to check it may, and never its reporter. Raises ``KaohengError``:
    ``DENIED``, ``INVALID`` without a reason to send it back, ``CONFLICT`` for a report that is
    checked or replaced already, and after the lock.
    """
    allow(actor, "report_figures")
    provider = _provider(session, report.cycle, report.name)
    if actor.account_id != provider.checker_id or is_by(actor, report.reporter):
        raise denied("check_figures")
    said = reason.strip()[:LONGEST]
    if not accept and not said:
        raise refuse(
            "reporting.reason_needed",
            N_("Sending a report back needs a reason."),
            N_("Say what is wrong with it."),
            place=Place(path="reason"),
        )
    _move(session, report, accept=accept, by=actor.account_id, at=now, reason=said or None)
    if accept:
        _take(session, actor, now, report)
    message = (
        N_("The figures that you reported for {cycle} have been checked.")
        if accept
        else N_("The figures that you reported for {cycle} were sent back.")
    )
    _tell(session, now, report.reporter, report, message)
    _log(session, "check_figures", actor, now, report)


def _move(
    session: Session,
    report: FigureReport,
    *,
    accept: bool,
    by: int | None,
    at: datetime,
    reason: str | None,
) -> None:
    moved = change_if(
        session,
        update(FigureReport)
        .where(FigureReport.id == report.id, FigureReport.state == REPORTED)
        .values(state=CHECKED if accept else RETURNED, checker_id=by, checked_at=at, reason=reason),
    )
    session.refresh(report)
    if not moved:
        raise refuse(
            "reporting.checked_already",
            N_("This report is checked, sent back or replaced already."),
            N_("Look at the newest report of this figure."),
            kind=Kind.CONFLICT,
        )


def _take(session: Session, actor: Actor, now: datetime, report: FigureReport) -> None:
    rows = [{"person": person, report.name: value} for person, value in report.figures.items()]
    cells = checked_cells(session, report.cycle, rows, report.name, range(1, len(rows) + 1))
    _refuse_own(actor, [review.person_id for _, review, _, _ in cells])
    new, _ = take_figures(
        session,
        now,
        report.cycle,
        rows,
        file=report.name,
        lines=range(1, len(rows) + 1),
        given_by=report.reporter_id,
    )
    session.add_all(ReportedFigure(figure_id=figure.id, report_id=report.id) for _, figure in new)
    session.flush()


def _refuse_own(actor: Actor, people: Sequence[int]) -> None:
    if {actor.person_id, actor.own_person_id} & set(people):
        raise refuse(
            "reporting.own_figure",
            N_("Nobody reports or checks a figure of their own."),
            N_("Leave yourself out, or have HR name somebody else."),
            kind=Kind.DENIED,
        )


def _provider(session: Session, cycle: Cycle, name: str) -> FigureProvider:
    found = providers_of(session, cycle).get(name)
    if found is None:
        raise denied("report_figures")
    return found


def find_report(session: Session, cycle: Cycle, public_id: str) -> FigureReport:
    """Return a report of the cycle; refuse with ``MISSING``."""
    found = session.scalar(select(FigureReport).filter_by(cycle_id=cycle.id, public_id=public_id))
    if found is None:
        raise unknown_report()
    return found


def unknown_report() -> KaohengError:
    return refuse(
        "reporting.unknown",
        N_("There is no such report."),
        N_("Reload the page."),
        kind=Kind.MISSING,
    )


def _tell(
    session: Session, now: datetime, account: Account, report: FigureReport, message: str
) -> None:
    notify(
        session,
        now,
        account,
        f"figure-report/{report.public_id}/{report.state}",
        message,
        link=f"/reporting/{report.cycle.code}",
        cycle=cycle_name(report.cycle),
    )


def _log(session: Session, action: str, actor: Actor, now: datetime, report: FigureReport) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("cycle", report.cycle.code),
        at=now,
        details={
            "report": report.public_id,
            "figure": report.name,
            "state": report.state,
            "people": len(report.figures),
            "figures_sha256": hashlib.sha256(dumps(report.figures).encode()).hexdigest(),
            "files": [each.sha256 for each in report.files],
        },
    )
