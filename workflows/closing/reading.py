"""What people may read of closing: who waits for what, as rows and as faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, Place
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.closing.pending import Pending, pending_of
from workflows.closing.seals import seals_of_cycle
from workflows.closing.tables import ReviewSeal
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review

# What a review may wait for; pages have a word for each.
KINDS = ("stage", "held", "appeal", "proposal", "acknowledgement", "window")


def waiting_reviews(
    session: Session, actor: Actor, now: datetime, cycle: Cycle
) -> list[tuple[Review, list[Pending]]]:
    """Return the reviews that are not sealed, of those whom the actor reaches, by person's code."""
    allow(actor, "list_reviews")
    reviews = _visible(session, actor, cycle)
    pending = pending_of(session, cycle, now, reviews)
    return [(review, pending[review.id]) for review in reviews if review.id in pending]


def visible_seals(session: Session, actor: Actor, cycle: Cycle) -> list[ReviewSeal]:
    """Return the seals of those whom the actor reaches, by person's code and number."""
    allow(actor, "read_seals")
    visible = {review.id for review in _visible(session, actor, cycle)}
    return [seal for seal in seals_of_cycle(session, cycle) if seal.review_id in visible]


def pending_rows(
    session: Session, actor: Actor, now: datetime, cycle: Cycle
) -> list[dict[str, object]]:
    """Return a row for each thing that a review waits for; one without any may be closed now."""
    return [
        row
        for review, pending in waiting_reviews(session, actor, now, cycle)
        for row in _rows(review, pending)
    ]


def waiting_faults(review: Review, pending: Iterable[Pending]) -> Iterator[Fault]:
    """Give a fault for each thing that a review waits for."""
    for each in pending:
        remedy = N_("It holds up this person alone; close again once it is settled.")
        place = Place(path=review.person.code)
        yield Fault(f"closing.{each.code}", each.message, remedy, each.params, place)


def _rows(review: Review, pending: Iterable[Pending]) -> Iterator[dict[str, object]]:
    where = {"person": review.person.code, "stage": review.stage}
    found = [
        where | {"pending": each.code, "since": each.since, "reason": each.params.get("reason")}
        for each in pending
    ]
    yield from found or [where | {"pending": None, "since": None, "reason": None}]


def _visible(session: Session, actor: Actor, cycle: Cycle) -> list[Review]:
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
            .order_by(Person.code)
        )
    )
