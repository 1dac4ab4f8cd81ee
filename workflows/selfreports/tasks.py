"""What of self reports waits for somebody: one's own to be written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import may
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.reviews.since import last_moves
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.selfreports.tables import Report
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task


def report_tasks(session: Session, actor: Actor, _now: datetime) -> list[Task]:
    """Return the actor's own reports that are in their stage and not submitted."""
    if actor.oneself is None or not may(actor, "write_self_report"):
        return []
    submitted = select(Report.review_id).where(Report.state == "submitted")
    reviews = session.scalars(
        select(Review)
        .join(Review.cycle)
        .where(
            Review.person_id == actor.oneself,
            Cycle.state != "sealed",
            Review.id.not_in(submitted),
        )
        .options(
            selectinload(Review.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy)
        )
    ).all()
    waiting = [r for r in reviews if purpose_of(policy_of(r.cycle), r.stage) == "self_report"]
    since = last_moves(session, waiting)
    return [
        Task(
            N_("Write your self report for {cycle}"),
            f"/reviews/{review.public_id}/self-report",
            since.get(review.id, review.cycle.opened_at),
            params={"cycle": cycle_name(review.cycle)},
        )
        for review in waiting
    ]
