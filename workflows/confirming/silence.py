"""Silence on one's own list of records: past the stage's time it counts as confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.model import Policy
from engine.stages import detail_of
from workflows.confirming.requirement import NAME
from workflows.confirming.standing import standings
from workflows.confirming.tables import Confirmation
from workflows.cycles.claiming import claim_cycle
from workflows.reviews.requirements import silence
from workflows.reviews.steps import find_step
from workflows.reviews.tables import Review


@silence(NAME)
def confirmed_by_silence(
    session: Session, now: datetime, review: Review, policy: Policy
) -> Mapping[str, Any] | None:
    """Confirm the list as it is, where nobody has; what is disputed is no silence.

    After the lock nothing is confirmed any more, by silence as little as by a word.
    """
    claim_cycle(session, review.cycle)
    if review.cycle.state != "open":
        return None
    standing = standings(session, review.cycle, policy, [review])[review.id]
    if standing.state not in ("waiting", "changed"):
        return None
    session.add(
        Confirmation(
            review_id=review.id,
            digest=standing.digest,
            lines=[line.line() for line in standing.lines],
            account_id=None,
            confirmed_at=now,
        )
    )
    return {"list": standing.digest, "lines": len(standing.lines)}


def silence_confirms(policy: Policy, review: Review) -> bool:
    """Say whether the list counts as confirmed once the time of the review's stage has passed."""
    detail = detail_of(policy, review.stage)
    if detail is None or detail.silence is None or review.cycle.state != "open":
        return False
    step = find_step(policy, detail.silence)
    return NAME in step.requires and step.is_own
