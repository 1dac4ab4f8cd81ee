"""What people may read of ratings: what was finished, and how far the rest is."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.model import Rating
from workflows.access.actors import Actor
from workflows.access.decide import allow, allow_person, people
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.ratings.tables import RatingRequest, RatingResult, RatingRound
from workflows.reviews.tables import Review


def last_result(session: Session, review: Review) -> RatingResult | None:
    """Return what the review's ratings came to when they were finished last."""
    return session.scalar(
        select(RatingResult)
        .where(RatingResult.review_id == review.id)
        .order_by(RatingResult.seq.desc())
        .limit(1)
    )


def result_shown(session: Session, actor: Actor, review: Review) -> dict[str, Any] | None:
    """Return the finished result as it is shown; None while nothing was finished."""
    allow_person(session, actor, "read_ratings", review.person_id)
    found = last_result(session, review)
    if found is None:
        return None
    return {**json.loads(found.text), "seq": found.seq, "sha256": found.sha256}


def counted_before(session: Session, review: Review, rating: Rating) -> bool:
    """Say whether a result of this kind of rater has been shown already."""
    found = last_result(session, review)
    if found is None:
        return False
    results = json.loads(found.text)["ratings"]
    return any(each["rating"] == rating.code and each["enough"] for each in results)


def rating_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return a row for each review and kind of rater: asked, finished, and the means.

    Of an anonymous kind it is told how many were asked, never how many have given yet.
    """
    allow(actor, "read_ratings")
    policy = policy_of(cycle)
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .where(Review.cycle_id == cycle.id, people(actor, "read_ratings"))
        .order_by(Person.code)
    ).all()
    ids = [review.id for review in reviews]
    asked: dict[tuple[int, str], list[str]] = {}
    for review_id, rating, state in session.execute(
        select(RatingRequest.review_id, RatingRequest.rating, RatingRequest.state).where(
            RatingRequest.review_id.in_(ids), RatingRequest.state.in_(("asked", "given"))
        )
    ):
        asked.setdefault((review_id, rating), []).append(state)
    finished = set(
        session.scalars(
            select(RatingRound.review_id).where(
                RatingRound.review_id.in_(ids), RatingRound.state == "finished"
            )
        )
    )
    results = {
        each.review_id: json.loads(each.text)
        for each in session.scalars(
            select(RatingResult).where(RatingResult.review_id.in_(ids)).order_by(RatingResult.seq)
        )
    }
    return [
        _row(
            review, rating, asked.get((review.id, rating.code), []), review.id in finished, results
        )
        for review in reviews
        for rating in policy.ratings
    ]


def _row(
    review: Review,
    rating: Rating,
    states: list[str],
    finished: bool,
    results: dict[int, dict[str, Any]],
) -> dict[str, object]:
    found: dict[str, Any] = next(
        (r for r in results.get(review.id, {}).get("ratings", ()) if r["rating"] == rating.code), {}
    )
    means = found.get("means", {})
    return {
        "person": review.person.code,
        "rating": rating.code,
        "asked": len(states),
        "given": None if rating.anonymous else states.count("given"),
        "finished": finished,
        "means": ", ".join(f"{kpi} {value}" for kpi, value in means.items()) or None,
    }
