"""Asking a customer, who has no account: a form of theirs that a link opens until a day.

The link itself is signed where pages are; here is what it stands for: the form of one customer,
as it was asked for at one moment. Asked again, withdrawn or sent back, it is another moment, and
a link of before opens nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, Place, refuse
from engine.model import Policy, Rating
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, roles_towards
from workflows.base.conditional import change_if
from workflows.cycles.operations import policy_of
from workflows.log.append import append
from workflows.log.leaf import Subject, to_microseconds
from workflows.ratings.customers import LONGEST
from workflows.ratings.forms import cleaned, faults_of
from workflows.ratings.giving import log_rating
from workflows.ratings.reading import counted_before
from workflows.ratings.standing import rating_named, require_open
from workflows.ratings.tables import RatingRequest
from workflows.reviews.tables import Review

# How long a link opens its form where the stage of the review has no deadline.
USUAL = timedelta(days=30)


def ask_customer(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    rating: Rating,
    source: str,
) -> RatingRequest:
    """Ask a customer, by name, to rate a person; asked again, only the newest link opens.

    Raises ``KaohengError``: ``DENIED`` for others and for one's own review, ``INVALID`` without
    a name, ``CONFLICT`` where the customer has answered, or the ratings are not open.
    """
    allow_person(session, actor, "ask_customers", review.person_id)
    require_open(session, review, policy)
    name = _customer_named(rating, source)
    if rating.anonymous and counted_before(session, review, rating):
        raise _answered(name)
    there = session.scalar(
        select(RatingRequest).where(
            RatingRequest.review_id == review.id,
            RatingRequest.rating == rating.code,
            RatingRequest.rater_key == name,
        )
    )
    if there is None:
        there = _add_request(session, now, review, rating, name)
    else:
        _move(session, there, ("asked", "declined"), "asked", asked_at=now)
    _log(session, "ask_customer", actor, now, review, rating, name)
    return there


def _customer_named(rating: Rating, source: str) -> str:
    name = source.strip()
    if rating.by == "customers" and 0 < len(name) <= LONGEST:
        return name
    raise refuse(
        "ratings.no_customer_named",
        N_("Nobody is named."),
        N_("Write who is asked: the company, and whom there."),
        place=Place(path="source"),
    )


def _add_request(
    session: Session, now: datetime, review: Review, rating: Rating, name: str
) -> RatingRequest:
    request = RatingRequest(
        public_id=uuid.uuid4().hex,
        review_id=review.id,
        rating=rating.code,
        source=name,
        rater_key=name,
        state="asked",
        answers={},
        version=0,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    return request


def withdraw_customer(
    session: Session, actor: Actor, now: datetime, review: Review, public_id: str
) -> None:
    """Let a customer's link open nothing any more, until they are asked again."""
    allow_person(session, actor, "ask_customers", review.person_id)
    request = session.scalar(
        select(RatingRequest).where(
            RatingRequest.public_id == public_id,
            RatingRequest.review_id == review.id,
            RatingRequest.rater_id.is_(None),
        )
    )
    if request is None:
        raise no_such_form()
    rating = rating_named(policy_of(review.cycle), request.rating)
    _move(session, request, ("asked",), "declined")
    _log(session, "withdraw_customer", actor, now, review, rating, request.rater_key)


def asked_customer(session: Session, now: datetime, public_id: str, issued: int) -> RatingRequest:
    """Return the form that a link stands for; ``MISSING`` for one that opens nothing any more."""
    request = session.scalar(
        select(RatingRequest).where(
            RatingRequest.public_id == public_id,
            RatingRequest.rater_id.is_(None),
            RatingRequest.state.in_(("asked", "given")),
        )
    )
    if request is None or issued != issue_of(request) or now >= open_until(request):
        raise no_such_form()
    return request


def give_as_customer(
    session: Session, now: datetime, request: RatingRequest, answers: Mapping[str, Any]
) -> None:
    """Give the rating of a customer, once; given again, it stays as it is.

    Raises ``KaohengError``: ``INVALID`` with every field that is missing, ``CONFLICT`` where the
    ratings are no longer open.
    """
    if request.state == "given":
        return
    review = request.review
    policy = policy_of(review.cycle)
    rating = rating_named(policy, request.rating)
    require_open(session, review, policy)
    found = cleaned(answers)
    if faults := faults_of(policy, rating, found):
        raise KaohengError(faults)
    _move(session, request, ("asked",), "given", answers=found)
    log_rating(session, f"rater-{request.public_id}", now, review, rating, request)


def issue_of(request: RatingRequest) -> int:
    """Return what tells one link of a form from another: when it was asked for, in microseconds."""
    return to_microseconds(request.asked_at)


def open_until(request: RatingRequest) -> datetime:
    """Return when a form's link ends: with the stage of the review, or after the usual time."""
    due = request.review.due_at
    return due if due is not None and due > request.asked_at else request.asked_at + USUAL


def no_such_form() -> KaohengError:
    return refuse(
        "ratings.no_such_link",
        N_("This link does not open anything, or not any more."),
        N_("Ask whoever sent it to you for a new one."),
        kind=Kind.MISSING,
    )


def may_ask(session: Session, actor: Actor, review: Review) -> bool:
    """Say whether the actor may ask customers about the person of a review."""
    return bool(roles_towards(session, actor, "ask_customers", review.person_id))


def _move(
    session: Session, request: RatingRequest, before: tuple[str, ...], state: str, **values: Any
) -> None:
    name = request.rater_key
    moved = change_if(
        session,
        update(RatingRequest)
        .where(
            RatingRequest.id == request.id,
            RatingRequest.state.in_(before),
            RatingRequest.version == request.version,
        )
        .values(state=state, version=RatingRequest.version + 1, **values),
    )
    session.refresh(request)
    if not moved:
        raise _answered(name)


def _answered(name: str) -> KaohengError:
    return refuse(
        "ratings.customer_answered",
        N_("{customer} has answered, or the form was changed at the same moment."),
        N_("Look at it again."),
        kind=Kind.CONFLICT,
        customer=name,
    )


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    review: Review,
    rating: Rating,
    name: str,
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"rating": rating.code},
        personal={"customer": name},
        person=review.person.public_id,
    )
