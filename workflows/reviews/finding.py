"""The one way from an address to a review: through what the actor may see."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


def visible_review(session: Session, actor: Actor, public_id: str) -> Review:
    """Return the review with its person, team, cycle and policy.

    Raises ``KaohengError``: ``DENIED`` for a role without reviews; ``MISSING`` for one that the
    actor does not reach, as for one that does not exist.
    """
    allow(actor, "list_reviews")
    review = session.scalar(
        select(Review)
        .join(Review.person)
        .where(Review.public_id == public_id, people(actor, "list_reviews"))
        .options(
            contains_eager(Review.person),
            joinedload(Review.team),
            joinedload(Review.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy),
        )
    )
    if review is None:
        raise refuse(
            "reviews.not_there",
            N_("There is no such review."),
            N_("It may not be yours to see. Start again from the list of reviews."),
            kind=Kind.MISSING,
        )
    return review
