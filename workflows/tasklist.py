"""Everything that waits for somebody, over all subjects: each has a line here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.appeals.waiting import appeals_waiting
from workflows.audits.tasks import audit_tasks
from workflows.calendar.tasks import calendar_tasks
from workflows.calibration.tasks import calibration_tasks
from workflows.claims.tasks import claim_tasks
from workflows.closing.waiting import closing_waits
from workflows.confirming.tasks import confirming_tasks
from workflows.contributions.reading import contribution_tasks
from workflows.crediting.differences import difference_tasks
from workflows.cycles.relock_tasks import relock_tasks
from workflows.feedback.reading import conversations_waiting
from workflows.goals.waiting import goal_tasks
from workflows.meetings.tasks import meeting_tasks
from workflows.plans.waiting import plan_tasks
from workflows.programme.waiting import programme_tasks
from workflows.ratings.tasks import rating_tasks
from workflows.reporting.tasks import reporting_tasks
from workflows.selfreports.tasks import report_tasks
from workflows.stages.tasks import late_tasks
from workflows.tasks.task import Provider, Task
from workflows.tracking.waiting import tracking_tasks

# In the order in which a review goes its way; what is over all of them comes last.
PROVIDERS: tuple[Provider, ...] = (
    goal_tasks,
    tracking_tasks,
    plan_tasks,
    confirming_tasks,
    claim_tasks,
    reporting_tasks,
    difference_tasks,
    relock_tasks,
    report_tasks,
    meeting_tasks,
    rating_tasks,
    contribution_tasks,
    calibration_tasks,
    conversations_waiting,
    appeals_waiting,
    closing_waits,
    audit_tasks,
    programme_tasks,
    calendar_tasks,
    late_tasks,
)


def tasks_for(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what waits for the actor: what is due first, then what has waited longest."""
    found = [task for provider in PROVIDERS for task in provider(session, actor, now)]
    return sorted(found, key=lambda task: (task.due is None, task.due or task.since, task.since))
