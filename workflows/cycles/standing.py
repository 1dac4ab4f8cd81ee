"""Where everybody stands in a cycle: who waits in each stage, for what, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from engine.model import Policy, Transition
from workflows.access.actors import Actor
from workflows.access.decide import may_everywhere, people
from workflows.closing.holding import held_ids, is_held
from workflows.closing.overdue import held_over
from workflows.cycles.approvals import Approvals
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.steps import cycle_step, steps_from
from workflows.reviews.tables import Review, ReviewMove

# The state that a cycle must be in for each operation.
READY = {"lock": "open", "approve": "locked", "close": "approved", "replay": "sealed"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review, since when it has been in its stage, and whether being held back excuses it from
    its deadline.
    """

    review: Review
    since: datetime
    held: str | None


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a stage: the policy's own name for it, and whose it is to take."""

    name: Mapping[str, str]
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the workflow with those who wait in it, the longest first."""

    code: str
    waiting: tuple[Waiting, ...]
    ways: tuple[Way, ...]


def stages_of(
    session: Session, actor: Actor, cycle: Cycle, approvers: tuple[str, ...]
) -> list[Stage]:
    """Return the stages that hold anybody whom ``actor`` may see, in the workflow's order."""
    policy = policy_of(cycle)
    assert policy.workflow is not None, "a cycle is opened only under a policy with a workflow"
    waiting = _waiting(session, actor, cycle)
    return [
        Stage(
            code,
            tuple(sorted(waiting[code], key=lambda each: each.since)),
            tuple(_way(step, approvers) for step in steps_from(policy, code)),
        )
        for code in policy.workflow.stages
        if code in waiting
    ]


def next_operation(actor: Actor, cycle: Cycle, approvals: Approvals) -> str | None:
    """Return what ``actor`` may do to the cycle now: lock, approve, close or replay it."""
    operation = next((each for each, state in READY.items() if state == cycle.state), None)
    if operation is None or not may_everywhere(actor, f"{operation}_cycle"):
        return None
    return operation if operation != "approve" or approvals.wait_for(actor) else None


def not_there_yet(
    session: Session, actor: Actor, cycle: Cycle, operation: str
) -> tuple[list[Review], int]:
    """Return the reviews that ``operation`` waits for, and how many there are of all."""
    policy = policy_of(cycle)
    wanted = _stage_for(policy, operation)
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .options(contains_eager(Review.person))
        .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
        .order_by(Person.code)
    ).all()
    if operation == "approve":
        held = held_ids(session, cycle)
        reviews = [review for review in reviews if review.id not in held]
    return [review for review in reviews if review.stage != wanted], len(reviews)


def approval_progress(session: Session, cycle: Cycle) -> tuple[int, int]:
    """Return how many reviews have their grants already, of how many."""
    start = cycle_step(policy_of(cycle), "approve").start
    of_cycle = (
        select(func.count()).select_from(Review).where(Review.cycle_id == cycle.id, ~is_held())
    )
    total = session.scalar(of_cycle) or 0
    return session.scalar(of_cycle.where(Review.stage != start)) or 0, total


def _stage_for(policy: Policy, operation: str) -> str:
    assert policy.workflow is not None, "a cycle is opened only under a policy with a workflow"
    if operation == "close":
        return policy.workflow.stages[-1]
    return cycle_step(policy, operation).start


def _waiting(session: Session, actor: Actor, cycle: Cycle) -> dict[str, list[Waiting]]:
    moved = (
        select(ReviewMove.review_id, func.max(ReviewMove.id).label("last"))
        .group_by(ReviewMove.review_id)
        .subquery()
    )
    rows = session.execute(
        select(Review, ReviewMove.moved_at)
        .join(Review.person)
        .options(contains_eager(Review.person))
        .outerjoin(moved, moved.c.review_id == Review.id)
        .outerjoin(ReviewMove, ReviewMove.id == moved.c.last)
        .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
        .order_by(Person.code)
    ).all()
    held = held_over(session, [review for review, _ in rows])
    found: dict[str, list[Waiting]] = {}
    for review, moved_at in rows:
        waiting = Waiting(review, moved_at or cycle.opened_at, held.get(review.id))
        found.setdefault(review.stage, []).append(waiting)
    return found


def _way(step: Transition, approvers: tuple[str, ...]) -> Way:
    by = {"lock": ("hr",), "approve": approvers}.get(step.cycle or "", step.by)
    return Way({"zh": step.name.zh, "en": step.name.en}, by)
