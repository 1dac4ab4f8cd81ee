"""Results that wait to be audited, and findings that wait for an answer or to be settled."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.audits.tables import ANSWERED, FINDING, OPEN, AuditedResult, ResultAudit
from workflows.cycles.tables import Cycle
from workflows.rulebook.tables import PolicyVersion
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task

_MESSAGES = {
    OPEN: N_("Audit of {cycle}: {count} results wait to be checked"),
    FINDING: N_("Audit of {cycle}: {count} findings wait for an answer"),
    ANSWERED: N_("Audit of {cycle}: {count} answers wait to be settled"),
}


def audit_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return a task for each audit in which something waits for the actor."""
    states = [
        state
        for state, operation in (
            (OPEN, "audit_results"),
            (FINDING, "answer_finding"),
            (ANSWERED, "audit_results"),
        )
        if may_everywhere(actor, operation)
    ]
    if not states:
        return []
    rows = session.execute(
        select(AuditedResult.audit_id, AuditedResult.state, func.count())
        .where(AuditedResult.state.in_(states))
        .group_by(AuditedResult.audit_id, AuditedResult.state)
        .order_by(AuditedResult.audit_id, AuditedResult.state)
    ).all()
    audits = _audits(session, {audit_id for audit_id, _, _ in rows})
    return [
        Task(
            _MESSAGES[state],
            f"/audits/{audits[audit_id].public_id}",
            audits[audit_id].drawn_at,
            params={"cycle": cycle_name(audits[audit_id].cycle), "count": count},
        )
        for audit_id, state, count in rows
    ]


def _audits(session: Session, ids: Collection[int]) -> dict[int, ResultAudit]:
    """Return the audits by their id, with the cycles that they name."""
    if not ids:
        return {}
    rows = session.scalars(
        select(ResultAudit)
        .where(ResultAudit.id.in_(ids))
        .options(
            joinedload(ResultAudit.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy)
        )
    )
    return {audit.id: audit for audit in rows}
