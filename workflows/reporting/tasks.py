"""Figures that wait to be reported, and reports that wait to be checked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, contains_eager

from engine.errors import N_
from engine.model import Bilingual
from workflows.access.actors import Actor
from workflows.cycles.pinned import pinned_policy
from workflows.cycles.tables import Cycle
from workflows.figures.columns import given_columns
from workflows.reporting.operations import CHECKED, REPORTED
from workflows.reporting.tables import FigureProvider, FigureReport
from workflows.rulebook.tables import PolicyVersion
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task

# What a task names: the policy comes with its cycle.
_NAMED = contains_eager(Cycle.policy_version).contains_eager(PolicyVersion.policy)


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
        select(Cycle, FigureProvider.name, FigureProvider.named_at)
        .join(Cycle.policy_version)
        .join(PolicyVersion.policy)
        .join(FigureProvider, FigureProvider.policy_id == PolicyVersion.policy_id)
        .where(FigureProvider.reporter_id == actor.account_id, Cycle.state == "open", ~there)
        .order_by(Cycle.code, FigureProvider.name)
        .options(_NAMED)
    )
    return [
        Task(
            N_("Report “{figure}” for {cycle}"),
            f"/reporting/{cycle.code}",
            max(cycle.opened_at, named_at),
            params={"figure": _called(cycle, name), "cycle": cycle_name(cycle)},
        )
        for cycle, name, named_at in rows
    ]


def _to_check(session: Session, actor: Actor) -> list[Task]:
    rows = session.execute(
        select(Cycle, FigureReport.name, FigureReport.reported_at)
        .join(FigureReport, FigureReport.cycle_id == Cycle.id)
        .join(Cycle.policy_version)
        .join(PolicyVersion.policy)
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
        .options(_NAMED)
    )
    return [
        Task(
            N_("Check “{figure}” as reported for {cycle}"),
            f"/reporting/{cycle.code}",
            reported,
            params={"figure": _called(cycle, name), "cycle": cycle_name(cycle)},
        )
        for cycle, name, reported in rows
    ]


def _called(cycle: Cycle, name: str) -> Bilingual | str:
    """Return what the policy calls a figure; one that its version does not ask for, by its name."""
    column = given_columns(pinned_policy(cycle)).get(name)
    return column.title if column else name
