"""Filling in a form: kept as it is typed, and given once nothing is missing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from engine.model import Policy, Rating
from engine.plain import dumps
from engine.rated import rated_of
from workflows.access.actors import Actor
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.tables import Person
from workflows.ratings.finding import allow_to_rate, request_of
from workflows.ratings.forms import Answers, cleaned, faults_of
from workflows.ratings.standing import require_open
from workflows.ratings.tables import RatingRequest
from workflows.reviews.tables import Review


def save_answers(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    rating: Rating,
    answers: Mapping[str, Any],
) -> RatingRequest:
    """Keep what was typed of a form, whatever it is; fields that are not sent stay as they are.

    Raises ``KaohengError``: ``DENIED`` for somebody else's form, ``CONFLICT`` where the ratings
    are not open or this one was given.
    """
    allow_to_rate(session, actor, now, review, rating)
    require_open(session, review, policy)
    request = request_of(session, actor, review, rating) or _own(
        session, actor, now, review, rating
    )
    if request.state == "given":
        raise _given(review)
    _change(session, request, answers=_merged(policy, rating, request, answers))
    return request


def give_rating(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    rating: Rating,
    answers: Mapping[str, Any],
) -> RatingRequest:
    """Give a rating, with what was typed last.

    Raises what ``save_answers`` does, and ``INVALID`` with every field that is missing: points,
    a case and advice beside the highest and lowest of them, and beside what is criticised.
    """
    request = save_answers(session, actor, now, review, policy, rating, answers)
    if faults := faults_of(policy, rating, request.answers):
        raise KaohengError(faults)
    _change(session, request, state="given")
    log_rating(session, actor, now, review, rating, request)
    return request


def log_rating(
    session: Session,
    actor: Actor | str,
    now: datetime,
    review: Review,
    rating: Rating,
    request: RatingRequest,
) -> None:
    """Enter a given rating: an anonymous one under its own number, as nobody's in particular."""
    own_number = rating.anonymous
    append(
        session,
        action="give_rating",
        actor=f"rater-{request.public_id}" if own_number else actor,
        subject=(
            Subject("rating", request.public_id)
            if own_number
            else Subject("review", review.public_id)
        ),
        at=now,
        details={"rating": rating.code},
        personal={kpi: dumps(fields) for kpi, fields in request.answers.items()},
        person=review.person.public_id,
    )


def _own(
    session: Session, actor: Actor, now: datetime, review: Review, rating: Rating
) -> RatingRequest:
    """Begin the form of somebody who need not be asked: the person, or whoever leads them."""
    person = session.get(Person, actor.person_id)
    assert person is not None, "who rates is somebody of the organisation"
    if rating.by == "manager":
        _take_over(session, review, rating, person)
    found = request_of(session, actor, review, rating)
    if found is not None:
        return found
    request = RatingRequest(
        public_id=uuid.uuid4().hex,
        review_id=review.id,
        rating=rating.code,
        rater_id=person.id,
        rater_key=person.public_id,
        state="asked",
        answers={},
        version=0,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    return request


def _take_over(session: Session, review: Review, rating: Rating, person: Person) -> None:
    """Hand on what a former manager began: a person has one manager's rating."""
    session.execute(
        update(RatingRequest)
        .where(
            RatingRequest.review_id == review.id,
            RatingRequest.rating == rating.code,
            RatingRequest.rater_id != person.id,
        )
        .values(rater_id=person.id, rater_key=person.public_id, version=RatingRequest.version + 1)
    )
    session.expire_all()


def _merged(
    policy: Policy, rating: Rating, request: RatingRequest, answers: Mapping[str, Any]
) -> dict[str, Any]:
    known = {rated.kpi.code for rated in rated_of(policy, rating)}
    new: Answers = {kpi: said for kpi, said in cleaned(answers).items() if kpi in known}
    return {kpi: {**request.answers.get(kpi, {}), **new.get(kpi, {})} for kpi in known}


def _change(session: Session, request: RatingRequest, **changes: Any) -> None:
    seen = request.version
    changed = change_if(
        session,
        update(RatingRequest)
        .where(
            RatingRequest.id == request.id,
            RatingRequest.state == "asked",
            RatingRequest.version == seen,
        )
        .values(version=seen + 1, **changes),
    )
    session.refresh(request)
    if not changed:
        raise refuse(
            "ratings.changed",
            N_("This form was changed at the same moment."),
            N_("Look at it again: nothing that you typed is lost."),
            kind=Kind.CONFLICT,
        )


def _given(review: Review) -> KaohengError:
    return refuse(
        "ratings.given",
        N_("Your rating of {person} is given already."),
        N_("If it has to change, ask whoever leads the person to send it back."),
        kind=Kind.CONFLICT,
        person=review.person.name,
    )


def requests_of(session: Session, review: Review) -> list[RatingRequest]:
    """Return all forms of a review."""
    return list(
        session.scalars(
            select(RatingRequest)
            .where(RatingRequest.review_id == review.id)
            .order_by(RatingRequest.id)
        )
    )
