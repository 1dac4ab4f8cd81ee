"""Proposed relocks that wait for somebody who approves results."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere
from workflows.cycles.relocking import PROPOSED
from workflows.cycles.tables import Relock
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task


def relock_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return what the actor may decide: what others have proposed."""
    if not may_everywhere(actor, "decide_relock"):
        return []
    rows = session.scalars(
        select(Relock)
        .where(Relock.state == PROPOSED, Relock.proposed_by != actor.account_id)
        .options(joinedload(Relock.cycle))
    )
    return [
        Task(
            N_("Decide whether {cycle} is measured anew"),
            f"/changes/{each.cycle.code}",
            each.proposed_at,
            params={"cycle": cycle_name(each.cycle)},
        )
        for each in rows
    ]
