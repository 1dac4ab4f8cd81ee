"""What a review still waits for before it is closed: each thing holds up that person alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_
from engine.model import Policy
from workflows.appeals.tables import OPEN, Appeal
from workflows.appeals.window import window_ends
from workflows.closing.sealed import sealed_ids
from workflows.closing.tables import ReviewHold
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.feedback.tables import FeedbackTalk
from workflows.incentives.tables import Proposal
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.tables import Review
from workflows.stages.naming import stage_of


@dataclass(frozen=True, slots=True)
class Pending:
    """One thing that is missing: a msgid marked with ``N_``, its parameters, since when."""

    code: str
    message: str
    since: datetime | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def pending_of(
    session: Session, cycle: Cycle, now: datetime, reviews: Sequence[Review] | None = None
) -> dict[int, list[Pending]]:
    """Return, by review, what it waits for; one that may be closed now is there with nothing.

    Reviews that are sealed are not in it. A statement for each kind of thing, however many
    reviews there are.
    """
    policy = policy_of(cycle)
    sealed = sealed_ids(session, cycle)
    asked = reviews_of(session, cycle) if reviews is None else reviews
    open_ones = [review for review in asked if review.id not in sealed]
    found: dict[int, list[Pending]] = {review.id: [] for review in open_ones}
    by_kind = (
        _stages(policy, open_ones),
        _holds(session, found),
        _appeals(session, found),
        _proposals(session, found),
        _talks(session, found),
        _windows(session, policy, cycle, open_ones, now),
    )
    for each in by_kind:
        for review_id, pending in each:
            found[review_id].append(pending)
    return found


Found = Iterator[tuple[int, Pending]]


def _stages(policy: Policy, reviews: Iterable[Review]) -> Found:
    assert policy.workflow is not None, "a cycle is opened only under a policy with a workflow"
    last = policy.workflow.stages[-1]
    for review in reviews:
        if review.stage != last:
            message = N_("It is in {stage}, not in the last stage yet.")
            yield review.id, Pending("stage", message, None, {"stage": stage_of(review)})


def _holds(session: Session, ids: Iterable[int]) -> Found:
    for hold in session.scalars(
        select(ReviewHold).where(ReviewHold.review_id.in_(ids), ReviewHold.released_at.is_(None))
    ):
        message = N_("HR holds it back: {reason}")
        yield hold.review_id, Pending("held", message, hold.held_at, {"reason": hold.reason})


def _appeals(session: Session, ids: Iterable[int]) -> Found:
    for appeal in session.scalars(
        select(Appeal).where(Appeal.review_id.in_(ids), Appeal.state.in_(OPEN))
    ):
        message = N_("An appeal waits for its answer.")
        yield appeal.review_id, Pending("appeal", message, appeal.submitted_at)


def _proposals(session: Session, ids: Iterable[int]) -> Found:
    first: dict[int, datetime] = {}
    for proposal in session.scalars(
        select(Proposal).where(Proposal.review_id.in_(ids), Proposal.state == "open")
    ):
        first.setdefault(proposal.review_id, proposal.proposed_at)
    for review_id, since in first.items():
        yield review_id, Pending("proposal", N_("A proposal waits for a decision."), since)


def _talks(session: Session, ids: Iterable[int]) -> Found:
    for talk in session.scalars(
        select(FeedbackTalk).where(
            FeedbackTalk.review_id.in_(ids),
            FeedbackTalk.held_on.is_not(None),
            FeedbackTalk.acknowledged_at.is_(None),
        )
    ):
        message = N_("The person has not acknowledged the conversation yet.")
        yield talk.review_id, Pending("acknowledgement", message, talk.prepared_at)


def _windows(
    session: Session, policy: Policy, cycle: Cycle, reviews: Sequence[Review], now: datetime
) -> Found:
    for review_id, ends in window_ends(session, policy, cycle, reviews).items():
        if now < ends:
            message = N_("One may still appeal until {until}.")
            yield review_id, Pending("window", message, None, {"until": ends})
