"""A review that comes to the last stage is sealed there and then, if nothing is pending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import SYSTEM, Actor
from workflows.appeals.window import window_ends
from workflows.closing.pending import pending_of
from workflows.closing.seals import seal_reviews
from workflows.cycles.claiming import claim_cycle
from workflows.cycles.operations import policy_of
from workflows.cycles.sealing import seal_cycle_when_complete
from workflows.reviews.arrivals import arrival
from workflows.reviews.tables import Review
from workflows.timers.operations import set_timer
from workflows.timers.registry import timer

_WINDOW = "appeal_window"


@arrival
def seal_at_the_end(
    session: Session, actor: Actor, now: datetime, reviews: Sequence[Review]
) -> None:
    """Seal reviews that have nothing pending in the last stage; others wait for what is."""
    cycle = reviews[0].cycle if reviews else None
    if cycle is None or cycle.state not in ("approving", "approved"):
        return
    policy = policy_of(cycle)
    assert policy.workflow is not None, "a cycle is opened only under a policy with a workflow"
    there = [review for review in reviews if review.stage == policy.workflow.stages[-1]]
    ends = window_ends(session, policy, cycle, there)
    for review in there:
        if review.id in ends and now < ends[review.id]:
            about = {"review": review.public_id}
            set_timer(session, _WINDOW, review.public_id, ends[review.id], about)
    seal_when_ready(session, actor, now, there)


def seal_when_ready(
    session: Session, actor: Actor, now: datetime, reviews: Sequence[Review]
) -> None:
    """Seal those of a cycle's reviews that nothing is pending for, and the cycle with its last."""
    if not reviews or reviews[0].cycle.state not in ("approving", "approved"):
        return
    cycle = reviews[0].cycle
    pending = pending_of(session, cycle, now, reviews)
    ready = [review for review in reviews if pending.get(review.id) == []]
    if ready:
        seal_reviews(session, actor, now, cycle, ready)
        seal_cycle_when_complete(session, now, cycle)


@timer(_WINDOW)
def _window_is_over(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    review = session.scalars(select(Review).where(Review.public_id == about["review"])).one()
    claim_cycle(session, review.cycle)
    seal_when_ready(session, SYSTEM, due_at, [review])
