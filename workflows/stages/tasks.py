"""What is late, for HR to look at: a line for each stage of a cycle, however many wait in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import people
from workflows.access.policy import Role
from workflows.closing.overdue import is_held_over
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.stages.naming import cycle_name, stage_name
from workflows.tasks.task import Task


def late_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return the stages in which reviews are late, of those whom an HR reaches.

    HR sees them here and not as notices alone: what is late is so until it is done, read or not.
    """
    if not (actor.has(Role.HR) or actor.has(Role.HR_REGION)):
        return []
    rows = session.execute(
        select(Cycle, Review.stage, func.count(), func.min(Review.due_at))
        .join(Review, Review.cycle_id == Cycle.id)
        .join(Review.person)
        .where(Review.due_at <= now, ~is_held_over(), people(actor, "list_reviews"))
        .group_by(Cycle.id, Review.stage)
        .order_by(Cycle.opened_at, Cycle.id, Review.stage)
        .options(selectinload(Cycle.policy_version).selectinload(PolicyVersion.policy))
    )
    return [
        Task(
            N_("{cycle}: {count} late in {stage}"),
            f"/reviews/?cycle={cycle.code}&stage={stage}",
            since or now,
            params={
                "cycle": cycle_name(cycle),
                "stage": stage_name(cycle, stage),
                "count": count,
            },
        )
        for cycle, stage, count, since in rows
    ]
