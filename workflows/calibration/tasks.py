"""What of calibration sessions waits for somebody: to take part, to close, to approve."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may, may_everywhere
from workflows.calibration.reaching import holds, may_approve, takes_part, visible_sessions
from workflows.calibration.tables import CalibrationSession
from workflows.tasks.task import Task


def calibration_tasks(session: Session, actor: Actor, _now: datetime) -> list[Task]:
    """Return the sessions that wait for the actor."""
    if not may(actor, "see_calibration"):
        return []
    running = visible_sessions(session, actor).where(CalibrationSession.state != "done")
    found = []
    for sitting in session.scalars(running.order_by(CalibrationSession.id)):
        message = _message(session, actor, sitting)
        if message:
            since = sitting.closed_at or sitting.opened_at
            link = f"/calibrations/{sitting.public_id}"
            found.append(Task(message, link, since, params={"name": sitting.name}))
    return found


def _message(session: Session, actor: Actor, sitting: CalibrationSession) -> str | None:
    if sitting.state == "closed":
        if may_approve(session, actor, sitting):
            return N_("Approve the calibration session “{name}”")
        return None
    if holds(session, actor, sitting):
        return N_("Hold the calibration session “{name}”, and close it")
    if not may_everywhere(actor, "calibrate_in_session") and takes_part(actor, sitting):
        return N_("Take part in the calibration session “{name}”")
    return None
