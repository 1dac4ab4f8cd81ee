"""What of evaluation waits for somebody: forms to give, proposals to answer, people to rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, selectinload
from sqlalchemy.sql.base import ExecutableOption

from engine.errors import N_
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import may, people
from workflows.base.clock import day_of
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.ratings.standing import OPEN_IN
from workflows.ratings.tables import RatingRequest, RatingRound
from workflows.ratings.whom import leaders_of
from workflows.reviews.since import last_moves
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.stages.naming import cycle_name
from workflows.tasks.task import Task

# Approved too: of the others then, for whoever was held back.
RATED_IN = ("open", "locked", "approved")


def rating_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return the forms that the actor was asked for, and the people whom they are to rate."""
    return [
        *_asked(session, actor),
        *_proposed(session, actor),
        *_own_and_led(session, actor, now),
    ]


def _asked(session: Session, actor: Actor) -> Iterator[Task]:
    if actor.oneself is None or not may(actor, "rate_as_asked"):
        return
    for request in session.scalars(
        select(RatingRequest)
        .join(RatingRequest.review)
        .join(Review.cycle)
        .where(
            RatingRequest.rater_id == actor.oneself,
            RatingRequest.state == "asked",
            Cycle.state.in_(RATED_IN),
        )
        .order_by(RatingRequest.id)
        .options(selectinload(RatingRequest.review).selectinload(Review.person), _policies())
    ):
        policy = policy_of(request.review.cycle)
        by = next((each.by for each in policy.ratings if each.code == request.rating), None)
        if by == "peers" and purpose_of(policy, request.review.stage) in OPEN_IN:
            yield Task(
                N_("Rate {person}, as you were asked"),
                f"/ratings/asked/{request.public_id}",
                request.asked_at,
                params={"person": request.review.person.name},
            )


def _proposed(session: Session, actor: Actor) -> Iterator[Task]:
    if not may(actor, "lead_ratings"):
        return
    rows = session.execute(
        select(Review, func.min(RatingRequest.asked_at))
        .join(RatingRequest, RatingRequest.review_id == Review.id)
        .join(Review.person)
        .where(RatingRequest.state == "proposed", people(actor, "lead_ratings"))
        .group_by(Review.id)
        .options(selectinload(Review.person))
    )
    for review, since in rows:
        yield Task(
            N_("Agree to the peers of {person}"),
            f"/reviews/{review.public_id}/ratings",
            since,
            params={"person": review.person.name},
        )


def _own_and_led(session: Session, actor: Actor, now: datetime) -> Iterator[Task]:
    """Give one's own rating to be given, and one task for all whom one is to rate in a cycle."""
    if actor.person_id is None or not may(actor, "rate"):
        return
    reviews = _being_evaluated(session, actor)
    if not reviews:
        return
    leaders = leaders_of(session, {review.person_id for review in reviews}, day_of(session, now))
    rows = session.execute(
        select(RatingRequest.review_id, RatingRequest.rating).where(
            RatingRequest.review_id.in_([review.id for review in reviews]),
            RatingRequest.state == "given",
        )
    )
    given = {(review_id, rating) for review_id, rating in rows}
    since = last_moves(session, reviews)
    led: dict[int, list[Review]] = {}
    for review in reviews:
        for rating in policy_of(review.cycle).ratings:
            if (review.id, rating.code) in given:
                continue
            if rating.by == "self" and review.person_id == actor.person_id:
                yield Task(
                    N_("Rate yourself for {cycle}"),
                    f"/reviews/{review.public_id}/ratings/{rating.code}",
                    since.get(review.id, review.cycle.opened_at),
                    params={"cycle": cycle_name(review.cycle)},
                )
            elif rating.by == "manager" and leaders[review.person_id] == actor.person_id:
                led.setdefault(review.cycle_id, []).append(review)
    for reviews_of_cycle in led.values():
        cycle = reviews_of_cycle[0].cycle
        yield Task(
            N_("Rate {count} people for {cycle}"),
            f"/ratings/{cycle.code}",
            min(since.get(review.id, cycle.opened_at) for review in reviews_of_cycle),
            params={"count": len({r.id for r in reviews_of_cycle}), "cycle": cycle_name(cycle)},
        )


def _being_evaluated(session: Session, actor: Actor) -> Sequence[Review]:
    finished = select(RatingRound.review_id).where(RatingRound.state == "finished")
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .join(Review.cycle)
        .where(
            Cycle.state.in_(RATED_IN),
            people(actor, "rate"),
            Review.id.not_in(finished),
        )
        .order_by(Review.id)
        .options(contains_eager(Review.person), _policies_of_review())
    ).all()
    return [
        review
        for review in reviews
        if policy_of(review.cycle).ratings
        and purpose_of(policy_of(review.cycle), review.stage) in OPEN_IN
    ]


def _policies() -> ExecutableOption:
    review = selectinload(RatingRequest.review).selectinload(Review.cycle)
    return review.joinedload(Cycle.policy_version).joinedload(PolicyVersion.policy)


def _policies_of_review() -> ExecutableOption:
    cycle = selectinload(Review.cycle)
    return cycle.joinedload(Cycle.policy_version).joinedload(PolicyVersion.policy)
