"""Figures that wait to be reported, and reports that wait to be checked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.cycles.tables import Cycle
from workflows.reporting.operations import CHECKED, REPORTED
from workflows.reporting.tables import FigureProvider, FigureReport
from workflows.rulebook.tables import PolicyVersion
from workflows.tasks.task import Task


def reporting_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return what the actor is named for in open cycles and has not done."""
    if actor.account_id is None:
        return []
    return [*_to_report(session, actor), *_to_check(session, actor)]


def _to_report(session: Session, actor: Actor) -> list[Task]:
    there = exists().where(
        FigureReport.cycle_id == Cycle.id,
        FigureReport.name == FigureProvider.name,
        FigureReport.state.in_((REPORTED, CHECKED)),
    )
    rows = session.execute(
        select(Cycle.code, Cycle.opened_at, FigureProvider.name, FigureProvider.named_at)
        .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
        .join(FigureProvider, FigureProvider.policy_id == PolicyVersion.policy_id)
        .where(FigureProvider.reporter_id == actor.account_id, Cycle.state == "open", ~there)
        .order_by(Cycle.code, FigureProvider.name)
    )
    return [
        Task(
            N_("Report “{figure}” for {cycle}"),
            f"/reporting/{code}",
            max(opened, named),
            params={"figure": name, "cycle": code},
        )
        for code, opened, name, named in rows
    ]


def _to_check(session: Session, actor: Actor) -> list[Task]:
    rows = session.execute(
        select(Cycle.code, FigureReport.name, FigureReport.reported_at)
        .join(FigureReport, FigureReport.cycle_id == Cycle.id)
        .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
        .join(
            FigureProvider,
            and_(
                FigureProvider.policy_id == PolicyVersion.policy_id,
                FigureProvider.name == FigureReport.name,
            ),
        )
        .where(FigureProvider.checker_id == actor.account_id)
        .where(Cycle.state == "open", FigureReport.state == REPORTED)
        .order_by(FigureReport.id)
    )
    return [
        Task(
            N_("Check “{figure}” as reported for {cycle}"),
            f"/reporting/{code}",
            reported,
            params={"figure": name, "cycle": code},
        )
        for code, name, reported in rows
    ]
