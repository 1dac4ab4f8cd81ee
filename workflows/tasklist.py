"""Everything that waits for somebody, over all subjects: each has a line here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.appeals.waiting import appeals_waiting
from workflows.closing.waiting import closing_waits
from workflows.feedback.reading import conversations_waiting
from workflows.tasks.task import Provider, Task

PROVIDERS: tuple[Provider, ...] = (
    appeals_waiting,
    conversations_waiting,
    closing_waits,
)


def tasks_for(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what waits for the actor: what is due first, then what has waited longest."""
    found = [task for provider in PROVIDERS for task in provider(session, actor, now)]
    return sorted(found, key=lambda task: (task.due is None, task.due or task.since, task.since))
