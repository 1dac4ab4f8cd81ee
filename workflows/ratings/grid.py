"""The people whom somebody rates as their manager in a cycle, with what they have typed so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from engine.model import Rating
from engine.stages import purpose_of
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.base.clock import day_of
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.ratings.standing import OPEN_IN
from workflows.ratings.tables import RatingRequest, RatingRound
from workflows.ratings.whom import leaders_of
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class GridRow:
    """A person's row: ``open``, ``given``, ``finished``, or ``closed`` (not the stage for it)."""

    review: Review
    answers: dict[str, Any]
    state: str

    @property
    def is_open(self) -> bool:
        return self.state == "open"


def grid_rows(
    session: Session, actor: Actor, now: datetime, cycle: Cycle, rating: Rating
) -> list[GridRow]:
    """Return a row for each person of the cycle whom the actor leads, by code: few statements."""
    allow(actor, "rate")
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .where(
            Review.cycle_id == cycle.id,
            people(actor, "rate"),
            Person.id.not_in([actor.person_id or 0, actor.own_person_id or 0]),
        )
        .order_by(Person.code)
        .options(contains_eager(Review.person))
    ).all()
    leaders = leaders_of(session, [review.person_id for review in reviews], day_of(session, now))
    led = [review for review in reviews if leaders[review.person_id] == actor.person_id]
    ids = [review.id for review in led]
    forms = {
        form.review_id: form
        for form in session.scalars(
            select(RatingRequest).where(
                RatingRequest.review_id.in_(ids), RatingRequest.rating == rating.code
            )
        )
    }
    finished = set(
        session.scalars(
            select(RatingRound.review_id).where(
                RatingRound.review_id.in_(ids), RatingRound.state == "finished"
            )
        )
    )
    return [
        GridRow(
            review,
            dict(forms[review.id].answers) if review.id in forms else {},
            _state(cycle, review, forms.get(review.id), review.id in finished),
        )
        for review in led
    ]


def _state(cycle: Cycle, review: Review, form: RatingRequest | None, finished: bool) -> str:
    if finished:
        return "finished"
    if purpose_of(policy_of(cycle), review.stage) not in OPEN_IN:
        return "closed"
    return "given" if form is not None and form.state == "given" else "open"
