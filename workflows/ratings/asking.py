"""Who is asked to rate: the person proposes peers, whoever leads them agrees."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy, Rating
from workflows.access.actors import Actor
from workflows.access.decide import allow_person, denied, roles_towards
from workflows.base.clock import day_of
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.ratings.reading import counted_before
from workflows.ratings.standing import require_open
from workflows.ratings.tables import RatingRequest
from workflows.ratings.whom import leaders_of
from workflows.reviews.tables import Review

MOST = 12


def ask_peers(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    rating: Rating,
    codes: Collection[str],
) -> list[RatingRequest]:
    """Propose peers of one's own review, or ask those of somebody whom one leads at once.

    Raises ``KaohengError``: ``DENIED`` for others, ``INVALID`` for people who cannot be peers,
    ``CONFLICT`` where the ratings are not open, or where anonymous ones were counted before: one
    more would show what that one said.
    """
    is_own = review.person_id == actor.person_id
    allow_person(session, actor, "rate" if is_own else "lead_ratings", review.person_id)
    if rating.by != "peers":
        raise denied("rate")
    require_open(session, review, policy)
    if rating.anonymous and counted_before(session, review, rating):
        raise _counted(review)
    people = _peers(session, now, review, codes)
    known = set(
        session.scalars(
            select(RatingRequest.rater_id).where(
                RatingRequest.review_id == review.id, RatingRequest.rating == rating.code
            )
        )
    )
    new = [person for person in people if person.id not in known]
    _fits(len(known) + len(new))
    requests = [
        _request(now, review, rating, person, "proposed" if is_own else "asked") for person in new
    ]
    session.add_all(requests)
    session.flush()
    for request in requests:
        if request.state == "asked":
            _tell(session, now, review, request)
    _log(session, "propose_raters" if is_own else "ask_raters", actor, now, review, rating, new)
    return requests


def answer_peer(
    session: Session, actor: Actor, now: datetime, review: Review, policy: Policy,
    public_id: str, *, agree: bool,
) -> None:  # fmt: skip
    """Agree to a peer whom the person proposed, or not.

    Raises ``KaohengError``: ``DENIED``, ``MISSING``, ``CONFLICT`` where it was answered before.
    """
    allow_person(session, actor, "lead_ratings", review.person_id)
    require_open(session, review, policy)
    request = session.scalar(
        select(RatingRequest).where(
            RatingRequest.public_id == public_id, RatingRequest.review_id == review.id
        )
    )
    if request is None:
        raise refuse(
            "ratings.no_proposal",
            N_("Nobody was proposed under this number."),
            N_("Reload the page."),
            kind=Kind.MISSING,
        )
    changed = change_if(
        session,
        update(RatingRequest)
        .where(RatingRequest.id == request.id, RatingRequest.state == "proposed")
        .values(state="asked" if agree else "declined", asked_at=now),
    )
    session.refresh(request)
    if not changed:
        raise refuse(
            "ratings.answered",
            N_("Somebody was first: this proposal is answered."),
            N_("Look at it again."),
            kind=Kind.CONFLICT,
        )
    if agree:
        _tell(session, now, review, request)
    rating = next(each for each in policy.ratings if each.code == request.rating)
    assert request.rater is not None, "a peer is a person"
    action = "agree_rater" if agree else "decline_rater"
    _log(session, action, actor, now, review, rating, [request.rater])


def may_lead(session: Session, actor: Actor, review: Review) -> bool:
    """Say whether the actor runs the ratings of this review, as who leads the person or as HR."""
    return bool(roles_towards(session, actor, "lead_ratings", review.person_id))


def _peers(session: Session, now: datetime, review: Review, codes: Collection[str]) -> list[Person]:
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    found = {p.code: p for p in session.scalars(select(Person).where(Person.code.in_(wanted)))}
    leader = leaders_of(session, [review.person_id], day_of(session, now))[review.person_id]
    faults = [
        Fault(
            "ratings.no_peer",
            N_("{code} is nobody in the organisation.")
            if code not in found
            else N_("{code} cannot be a peer: it is the person, or who leads them."),
            N_("Name colleagues by their code."),
            {"code": code},
            Place(path=code),
        )
        for code in wanted
        if code not in found or found[code].id in (review.person_id, leader)
    ]
    if faults:
        raise KaohengError(faults)
    if not wanted:
        raise refuse("ratings.no_peers", N_("Nobody is named."), N_("Name at least one colleague."))
    return [found[code] for code in wanted]


def _fits(count: int) -> None:
    if count > MOST:
        raise refuse(
            "ratings.too_many_peers",
            N_("{count} peers are too many; at most {most} are asked."),
            N_("Choose those who worked with the person most."),
            count=count,
            most=MOST,
        )


def _request(
    now: datetime, review: Review, rating: Rating, person: Person, state: str
) -> RatingRequest:
    return RatingRequest(
        public_id=uuid.uuid4().hex,
        review_id=review.id,
        rating=rating.code,
        rater_id=person.id,
        rater_key=person.public_id,
        state=state,
        answers={},
        version=0,
        asked_at=now,
    )


def _tell(session: Session, now: datetime, review: Review, request: RatingRequest) -> None:
    assert request.rater_id is not None, "a peer is a person"
    notify(
        session,
        now,
        request.rater_id,
        f"rating-{request.public_id}",
        N_("You are asked to rate {person}."),
        link=f"/ratings/asked/{request.public_id}",
        person=review.person.name,
    )


def _log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    review: Review,
    rating: Rating,
    people: Collection[Person],
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", review.public_id),
        at=now,
        details={"rating": rating.code, "people": len(people)},
        personal={"people": ", ".join(sorted(person.code for person in people))},
        person=review.person.public_id,
    )


def _counted(review: Review) -> KaohengError:
    return refuse(
        "ratings.counted",
        N_("The anonymous ratings of {person} were counted; nobody can be added to them."),
        N_("One more would show what that one said."),
        kind=Kind.CONFLICT,
        person=review.person.name,
    )
