"""Reports and their files, and what a given figure rests on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from workflows.access.actors import Actor
from workflows.accounts.tables import Account
from workflows.cycles.tables import Cycle
from workflows.figures.tables import Figure
from workflows.reporting.naming import allow_reporting
from workflows.reporting.operations import unknown_report
from workflows.reporting.tables import FigureFile, FigureReport, ReportedFigure
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Given:
    """The figure that counts: who gave it, and the report that it came of, if any."""

    figure: Figure
    giver: Account | None
    report: FigureReport | None


def given_of(session: Session, review: Review) -> dict[str, Given]:
    """Return, by name, what was given for a review's person in its cycle."""
    newest = (
        select(func.max(Figure.id))
        .where(Figure.cycle_id == review.cycle_id, Figure.person_id == review.person_id)
        .group_by(Figure.name)
    )
    rows = session.execute(
        select(Figure, Account, FigureReport)
        .outerjoin(Account, Account.id == Figure.given_by)
        .outerjoin(ReportedFigure, ReportedFigure.figure_id == Figure.id)
        .outerjoin(FigureReport, FigureReport.id == ReportedFigure.report_id)
        .where(Figure.id.in_(newest))
        .options(joinedload(FigureReport.checker), selectinload(FigureReport.files))
    )
    return {figure.name: Given(figure, giver, report) for figure, giver, report in rows}


def reports_of(session: Session, actor: Actor, cycle: Cycle) -> list[FigureReport]:
    """Return the reports of a cycle, the newest first, for whoever follows or is named for any."""
    allow_reporting(session, actor, cycle)
    return list(
        session.scalars(
            select(FigureReport)
            .where(FigureReport.cycle_id == cycle.id)
            .options(
                joinedload(FigureReport.reporter),
                joinedload(FigureReport.checker),
                selectinload(FigureReport.files),
            )
            .order_by(FigureReport.id.desc())
        )
    )


def report_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return the reports of a cycle as rows to print."""
    return [
        {
            "report": each.public_id,
            "figure": each.name,
            "state": each.state,
            "people": len(each.figures),
            "reporter": each.reporter.username,
            "reported_at": each.reported_at,
            "checker": each.checker.username if each.checker else None,
            "checked_at": each.checked_at,
            "reason": each.reason,
        }
        for each in reports_of(session, actor, cycle)
    ]


def find_file(session: Session, actor: Actor, cycle: Cycle, file_id: int) -> FigureFile:
    """Return an attachment with its content, for whoever may read the cycle's reports."""
    allow_reporting(session, actor, cycle)
    found = session.scalar(
        select(FigureFile)
        .join(FigureReport, FigureReport.id == FigureFile.report_id)
        .where(FigureFile.id == file_id, FigureReport.cycle_id == cycle.id)
        .options(undefer(FigureFile.content))
    )
    if found is None:
        raise unknown_report()
    return found
