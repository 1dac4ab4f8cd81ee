"""What a transition that requires ``ratings`` waits for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from engine.errors import N_, Fault, Place
from engine.model import Policy
from workflows.ratings.standing import is_finished
from workflows.reviews.requirements import requirement
from workflows.reviews.tables import Review


@requirement("ratings")
def finished(session: Session, review: Review, policy: Policy) -> Iterator[Fault]:
    """Give a fault while the ratings that the policy collects are not finished."""
    if policy.ratings and not is_finished(session, review):
        yield Fault(
            "ratings.to_be_finished",
            N_("The ratings of {person} are not finished."),
            N_("Finish them on the page of ratings; it says what is missing."),
            {"person": review.person.name},
            Place(path=review.person.code),
        )
