"""Everything that waits for somebody, over all subjects: each has a line here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.claims.tasks import claim_tasks
from workflows.confirming.tasks import confirming_tasks
from workflows.crediting.differences import difference_tasks
from workflows.cycles.relock_tasks import relock_tasks
from workflows.reporting.tasks import reporting_tasks
from workflows.tasks.task import Provider, Task

PROVIDERS: tuple[Provider, ...] = (
    confirming_tasks,
    claim_tasks,
    reporting_tasks,
    relock_tasks,
    difference_tasks,
)


def tasks_for(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what waits for the actor: what is due first, then what has waited longest."""
    found = [task for provider in PROVIDERS for task in provider(session, actor, now)]
    return sorted(found, key=lambda task: (task.due is None, task.due or task.since, task.since))
