"""Within which time one may appeal: by the policy's days, its appeal stages, or until closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.model import Appeals, Policy
from engine.stages import stages_for
from workflows.access.actors import Actor
from workflows.access.decide import may
from workflows.appeals.tables import OPEN, Appeal
from workflows.closing.sealed import is_sealed_now, seals_of
from workflows.cycles.latest import approved_at
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.reviews.steps import cycle_step
from workflows.reviews.tables import Review, ReviewMove


@dataclass(frozen=True, slots=True)
class Window:
    """[opens, ends): None where it has not begun, or where no day ends it.

    ``closed`` says that the review is sealed or has left its appeal stage.
    """

    opens: datetime | None
    ends: datetime | None
    closed: bool

    def is_open(self, now: datetime) -> bool:
        if self.closed or self.opens is None or now < self.opens:
            return False
        return self.ends is None or now < self.ends


def window_of(session: Session, review: Review, policy: Policy) -> Window:
    """Return when the person of a review may appeal against its result.

    It opens with the approval, or with the appeal stage where the policy has one; it ends after
    the policy's days, else with that stage, else when the review is sealed. One that was opened
    again may be appealed against until it is sealed anew.
    """
    approved = approved_at(session, review, policy)
    if approved is None or is_sealed_now(session, review):
        return Window(approved, None, closed=approved is not None)
    if seals_of(session, review):
        return Window(approved, None, closed=False)
    stages = stages_for(policy, "appeal")
    opens = approved
    if stages:
        reached = _reached(session, [review.id], stages).get(review.id)
        if reached is None:
            return Window(None, None, closed=False)
        opens = reached
    if policy.appeals is not None:
        return Window(opens, opens + timedelta(days=policy.appeals.days), closed=False)
    return Window(opens, None, closed=bool(stages) and review.stage not in stages)


def may_appeal(session: Session, actor: Actor, review: Review, now: datetime) -> bool:
    """Say whether the actor may appeal against this review now: it is theirs, and in time."""
    if actor.person_id != review.person_id or actor.on_behalf_of or not may(actor, "submit_appeal"):
        return False
    if not window_of(session, review, policy_of(review.cycle)).is_open(now):
        return False
    waiting = select(Appeal.id).where(Appeal.review_id == review.id, Appeal.state.in_(OPEN))
    return session.scalar(waiting) is None


def answer_days(policy: Policy) -> int:
    """Return within how many days an appeal is to be answered: the policy's, else the usual."""
    return (policy.appeals or Appeals(days=0)).answer_days


def window_ends(
    session: Session, policy: Policy, cycle: Cycle, reviews: Sequence[Review]
) -> dict[int, datetime]:
    """Return, by review, when its days to appeal are over; empty where the policy sets none."""
    if policy.appeals is None or cycle.state not in ("approving", "approved"):
        return {}
    ids = [review.id for review in reviews]
    stages = stages_for(policy, "appeal")
    opened = (
        _reached(session, ids, stages)
        if stages
        else _moved(session, ids, ReviewMove.transition == cycle_step(policy, "approve").code)
    )
    days = timedelta(days=policy.appeals.days)
    return {review_id: at + days for review_id, at in opened.items()}


def _reached(session: Session, ids: Iterable[int], stages: Sequence[str]) -> dict[int, datetime]:
    return _moved(session, ids, ReviewMove.to_stage.in_(stages))


def _moved(session: Session, ids: Iterable[int], which: object) -> dict[int, datetime]:
    rows = session.execute(
        select(ReviewMove.review_id, func.min(ReviewMove.moved_at))
        .where(ReviewMove.review_id.in_(list(ids)), which)  # type: ignore[arg-type]
        .group_by(ReviewMove.review_id)
    )
    return dict(rows.all())
