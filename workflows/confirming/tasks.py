"""Lists that wait for their person, where the policy asks for them now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from engine.errors import N_
from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import may, people
from workflows.confirming.requirement import NAME
from workflows.confirming.silence import silence_confirms
from workflows.confirming.standing import standings
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.reviews.steps import steps_from
from workflows.reviews.tables import Review, ReviewMove
from workflows.rulebook.tables import PolicyVersion
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task


def confirming_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:  # noqa: ARG001
    """Return the actor's own lists that are not confirmed as they are."""
    if actor.person_id is None or not may(actor, "confirm_records"):
        return []
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .join(Review.cycle)
        .where(Cycle.state == "open", people(actor, "confirm_records"))
        .options(contains_eager(Review.person), joinedload(Review.team))
        .options(
            contains_eager(Review.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy)
        )
    )
    return [
        task
        for review in reviews
        if asks_now(policy_of(review.cycle), review)
        for task in _tasks(session, review)
    ]


def asks_now(policy: Policy, review: Review) -> bool:
    """Say whether the review's next step requires confirmed records."""
    return any(NAME in step.requires for step in steps_from(policy, review.stage))


def _tasks(session: Session, review: Review) -> list[Task]:
    policy = policy_of(review.cycle)
    standing = standings(session, review.cycle, policy, [review])[review.id]
    messages = {
        "waiting": N_("Confirm your records of {cycle}: {count}"),
        "changed": N_("Records of {cycle} have changed since you confirmed them: {count}"),
    }
    if standing.state not in messages:
        return []
    moved = session.scalar(
        select(ReviewMove.moved_at)
        .where(ReviewMove.review_id == review.id)
        .order_by(ReviewMove.id.desc())
        .limit(1)
    )
    count = len(standing.lines) if standing.state == "waiting" else len(standing.changed)
    return [
        Task(
            messages[standing.state],
            f"/reviews/{review.public_id}/confirm",
            moved or review.cycle.opened_at,
            review.due_at if silence_confirms(policy, review) else None,
            params={"cycle": cycle_name(review.cycle), "count": count},
        )
    ]
