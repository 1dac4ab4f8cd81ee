"""What of meetings waits for somebody: to-dos, and reports to be scored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may
from workflows.base.clock import timezone_of
from workflows.meetings.tables import Meeting, PanelScore, Seat, Slot, Todo
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task


def meeting_tasks(session: Session, actor: Actor, _now: datetime) -> list[Task]:
    """Return the actor's open to-dos, and the meetings at which they have reports to score."""
    if actor.oneself is None:
        return []
    return [*_todos(session, actor.oneself), *_to_score(session, actor)]


def _todos(session: Session, person_id: int) -> Iterator[Task]:
    for todo in session.scalars(
        select(Todo)
        .where(Todo.person_id == person_id, Todo.state == "open")
        .order_by(Todo.due_on)
        .options(selectinload(Todo.meeting))
    ):
        yield Task(
            N_("To do: {what}"),
            f"/meetings/{todo.meeting.public_id}#todos",
            todo.added_at,
            datetime.combine(todo.due_on, time.max, timezone_of(session)),
            {"what": todo.what[:100]},
        )


def _to_score(session: Session, actor: Actor) -> Iterator[Task]:
    if not may(actor, "sit_on_panel"):
        return
    scored = select(PanelScore.review_id).where(PanelScore.person_id == actor.person_id)
    meetings = session.scalars(
        select(Meeting)
        .join(Seat, Seat.meeting_id == Meeting.id)
        .join(Slot, Slot.meeting_id == Meeting.id)
        .join(Review, Review.id == Slot.review_id)
        .where(
            Seat.person_id == actor.person_id,
            Meeting.state != "cancelled",
            Review.person_id != actor.person_id,
            Review.id.not_in(scored),
        )
        .distinct()
        .options(selectinload(Meeting.cycle))
    )
    for meeting in meetings:
        yield Task(
            N_("Score the self reports of {cycle}"),
            f"/meetings/{meeting.public_id}",
            meeting.called_at,
            meeting.starts_at,
            {"cycle": cycle_name(meeting.cycle)},
        )
