"""Where the ratings of a review stand: open or finished, and who may give which."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.model import Policy, Rating
from engine.stages import purpose_of
from workflows.ratings.tables import RatingRound
from workflows.reviews.tables import Review
from workflows.stages.naming import stage_of

# While somebody reports and while they are evaluated, ratings may be given.
OPEN_IN = ("self_report", "evaluation")


def rating_named(policy: Policy, code: str) -> Rating:
    """Return how the ratings called ``code`` are collected; refuse with ``MISSING``."""
    for rating in policy.ratings:
        if rating.code == code:
            return rating
    raise refuse(
        "ratings.unknown",
        N_("{policy} collects no ratings called {rating!r}."),
        N_("See on the review who rates it."),
        kind=Kind.MISSING,
        policy=policy.policy,
        rating=code,
    )


def round_of(session: Session, review: Review) -> RatingRound | None:
    return session.scalar(select(RatingRound).where(RatingRound.review_id == review.id))


def is_finished(session: Session, review: Review) -> bool:
    found = round_of(session, review)
    return found is not None and found.state == "finished"


def require_open(session: Session, review: Review, policy: Policy) -> None:
    """Refuse with ``CONFLICT`` outside of the stages for it, and once the ratings are finished."""
    if purpose_of(policy, review.stage) not in OPEN_IN:
        raise refuse(
            "ratings.not_in_stage",
            N_("{person} is rated while evaluated; the review is in {stage}."),
            N_("Wait for the stage, or have the review sent back to it."),
            kind=Kind.CONFLICT,
            person=review.person.name,
            stage=stage_of(review),
        )
    if is_finished(session, review):
        raise refuse(
            "ratings.finished",
            N_("The ratings of {person} are finished."),
            N_("Whoever leads the person can send them back with a reason."),
            kind=Kind.CONFLICT,
            person=review.person.name,
        )
