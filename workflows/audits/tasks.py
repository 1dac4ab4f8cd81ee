"""Results that wait to be audited, and findings that wait for an answer or to be settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.audits.tables import ANSWERED, FINDING, OPEN, AuditedResult, ResultAudit
from workflows.cycles.tables import Cycle
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
        select(
            ResultAudit.public_id,
            ResultAudit.drawn_at,
            Cycle.code,
            AuditedResult.state,
            func.count(),
        )
        .join(ResultAudit, ResultAudit.id == AuditedResult.audit_id)
        .join(Cycle, Cycle.id == ResultAudit.cycle_id)
        .where(AuditedResult.state.in_(states))
        .group_by(ResultAudit.id, Cycle.code, AuditedResult.state)
        .order_by(ResultAudit.id, AuditedResult.state)
    )
    return [
        Task(
            _MESSAGES[state],
            f"/audits/{public_id}",
            drawn_at,
            params={"cycle": code, "count": count},
        )
        for public_id, drawn_at, code, state, count in rows
    ]
