"""What customers say, entered by HR: each by the name of who said it, one or a file of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from engine.model import Policy, Rating
from engine.rated import rated_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, people
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.ratings.forms import cleaned, faults_of
from workflows.ratings.giving import log_rating
from workflows.ratings.reading import counted_before
from workflows.ratings.standing import require_open
from workflows.ratings.tables import RatingRequest
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called

Row = Mapping[str, str | None]
LONGEST = 200


def enter_customer(
    session: Session,
    actor: Actor,
    now: datetime,
    review: Review,
    policy: Policy,
    rating: Rating,
    source: str,
    answers: Mapping[str, Mapping[str, str]],
) -> RatingRequest:
    """Enter what one customer said of a person, once for each customer.

    Raises ``KaohengError``: ``DENIED``, ``INVALID`` for points or words that are missing or no
    name, ``CONFLICT`` where the customer's is there, or the ratings are not open.
    """
    allow_person(session, actor, "give_customer_ratings", review.person_id)
    require_open(session, review, policy)
    name = _customer_named(rating, source)
    if rating.anonymous and counted_before(session, review, rating):
        raise _there(review, name)
    found = cleaned(answers)
    if faults := faults_of(policy, rating, found):
        raise KaohengError(faults)
    _refuse_second(session, review, rating, name)
    request = RatingRequest(
        public_id=uuid.uuid4().hex,
        review_id=review.id,
        rating=rating.code,
        source=name,
        rater_key=name,
        state="given",
        answers=found,
        version=0,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    log_rating(session, actor, now, review, rating, request)
    return request


def _customer_named(rating: Rating, source: str) -> str:
    name = source.strip()
    if rating.by == "customers" and 0 < len(name) <= LONGEST:
        return name
    raise refuse(
        "ratings.no_customer",
        N_("A customer's rating needs the customer's name."),
        N_("Write who said it, as the survey has it."),
        place=Place(path="source"),
    )


def _refuse_second(session: Session, review: Review, rating: Rating, name: str) -> None:
    known = select(RatingRequest.id).where(
        RatingRequest.review_id == review.id,
        RatingRequest.rating == rating.code,
        RatingRequest.rater_key == name,
    )
    if session.scalar(known) is not None:
        raise _there(review, name)


def import_customers(
    session: Session,
    actor: Actor,
    now: datetime,
    cycle: Cycle,
    rating: Rating,
    rows: Sequence[Row],
    *,
    file: str,
    lines: Sequence[int],
) -> int:
    """Enter a survey's file: the columns ``person`` and ``customer``, one for each KPI with its
    points, and ``<kpi>.case``, ``<kpi>.advice`` and so on for words. All rows or none.

    Returns how many. Raises what ``enter_customer`` does, with the line of each fault.
    """
    allow(actor, "give_customer_ratings")
    policy = policy_of(cycle)
    reviews = {
        review.person.code: review
        for review in session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, people(actor, "give_customer_ratings"))
        )
    }
    faults: list[Fault] = []
    for line, row in zip(lines, rows, strict=True):
        code = (row.get("person") or "").strip()
        if code not in reviews:
            faults.append(_stranger(file, line, code, cycle))
            continue
        try:
            enter_customer(
                session,
                actor,
                now,
                reviews[code],
                policy,
                rating,
                row.get("customer") or "",
                _answers(policy, rating, row),
            )
        except KaohengError as error:
            faults += [_at(fault, file, line) for fault in error.faults]
    if faults:
        raise KaohengError(faults)
    return len(rows)


def _answers(policy: Policy, rating: Rating, row: Row) -> dict[str, dict[str, str]]:
    return {
        each.kpi.code: {
            "points": row.get(each.kpi.code) or "",
            **{
                name.partition(".")[2]: value or ""
                for name, value in row.items()
                if name.startswith(f"{each.kpi.code}.")
            },
        }
        for each in rated_of(policy, rating)
    }


def _at(fault: Fault, file: str, line: int) -> Fault:
    place = Place(file, line, path=fault.place.path)
    return Fault(fault.code, fault.message, fault.remedy, fault.params, place)


def _stranger(file: str, line: int, code: str, cycle: Cycle) -> Fault:
    return Fault(
        "ratings.nobody",
        N_("{person} has no review in {cycle}."),
        N_("Correct the code: see the cycle's page, or `kaoheng review list {code}`."),
        {"person": code, "cycle": cycle_called(cycle), "code": cycle.code},
        Place(file, line, path="person"),
    )


def _there(review: Review, name: str) -> KaohengError:
    return refuse(
        "ratings.customer_there",
        N_("What {customer} says of {person} was entered or counted already."),
        N_("Enter each customer once, before the ratings are finished."),
        kind=Kind.CONFLICT,
        customer=name,
        person=review.person.name,
    )
