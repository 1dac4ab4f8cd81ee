"""Whose form is whose: the one place that says whether somebody may rate a review."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from engine.model import Rating
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person
from workflows.base.clock import day_of
from workflows.ratings.tables import RatingRequest
from workflows.ratings.whom import leaders_of
from workflows.reviews.tables import Review


def may_rate(session: Session, actor: Actor, now: datetime, review: Review, rating: Rating) -> bool:
    """Say whether ``rating`` of the review is the actor's own to give, asked or not."""
    try:
        allow_to_rate(session, actor, now, review, rating)
    except KaohengError:
        return False
    return True


def allow_to_rate(
    session: Session, actor: Actor, now: datetime, review: Review, rating: Rating
) -> None:
    """Refuse with ``DENIED`` unless the rating is the actor's to give.

    The person rates themselves, whoever leads them rates as the manager, and peers rate where
    they were asked. What somebody thinks of themselves or of a peer nobody says in their name.
    """
    if rating.by == "customers":
        allow_person(session, actor, "give_customer_ratings", review.person_id)
        return
    if rating.by == "peers":
        allow(actor, "rate_as_asked")
        if actor.on_behalf_of or request_of(session, actor, review, rating) is None:
            raise _not_yours(review)
        return
    allow_person(session, actor, "rate", review.person_id)
    own = review.person_id in (actor.person_id, actor.own_person_id)
    if rating.by == "self":
        if review.person_id != actor.person_id or actor.on_behalf_of is not None:
            raise _not_yours(review)
        return
    leader = leaders_of(session, [review.person_id], day_of(session, now))[review.person_id]
    if own or leader is None or leader != actor.person_id:
        raise _not_yours(review)


def request_of(
    session: Session, actor: Actor, review: Review, rating: Rating
) -> RatingRequest | None:
    """Return the form that the actor was asked for, or began."""
    # A manager's form is the team's, which a stand-in leads meanwhile; any other is one's own.
    rater = actor.person_id if rating.by == "manager" else actor.oneself
    if rater is None:
        return None
    return session.scalar(
        select(RatingRequest).where(
            RatingRequest.review_id == review.id,
            RatingRequest.rating == rating.code,
            RatingRequest.rater_id == rater,
            RatingRequest.state.in_(("asked", "given")),
        )
    )


def asked_request(session: Session, actor: Actor, public_id: str) -> RatingRequest:
    """Return a form that the actor was asked for; refuse with ``MISSING`` any other."""
    allow(actor, "rate_as_asked")
    request = session.scalar(
        select(RatingRequest).where(
            RatingRequest.public_id == public_id,
            RatingRequest.rater_id == (actor.oneself or 0),
            RatingRequest.state.in_(("asked", "given")),
        )
    )
    if request is None:
        raise refuse(
            "ratings.not_asked",
            N_("There is no such form for you to fill in."),
            N_("It may have been taken back; what waits for you is on the overview."),
            kind=Kind.MISSING,
        )
    return request


def _not_yours(review: Review) -> KaohengError:
    return refuse(
        "ratings.not_yours",
        N_("This rating of {person} is not yours to give."),
        N_("It is for the person, whoever leads them, or those who were asked."),
        kind=Kind.DENIED,
        person=review.person.name,
    )
