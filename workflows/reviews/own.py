"""One's own reviews, with what each of them gave."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.tables import Cycle
from workflows.incentives.tables import LedgerEntry
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


def own_reviews(session: Session, actor: Actor) -> list[tuple[Review, list[LedgerEntry]]]:
    """Return the actor's reviews with their ledger entries, the latest period first."""
    allow(actor, "list_reviews")
    reviews = session.scalars(_own(actor)).all()
    entries: dict[int, list[LedgerEntry]] = {review.id: [] for review in reviews}
    for entry in session.scalars(
        select(LedgerEntry)
        .join(Person, Person.id == LedgerEntry.person_id)
        .where(LedgerEntry.review_id.in_(entries), people(actor, "list_ledger"))
        .order_by(LedgerEntry.id)
    ):
        entries[entry.review_id].append(entry)
    return [(review, entries[review.id]) for review in reviews]


def running_reviews(session: Session, actor: Actor) -> list[Review]:
    """Return the actor's reviews in the cycles that are not sealed, the latest period first."""
    allow(actor, "list_reviews")
    return list(session.scalars(_own(actor).where(Cycle.state != "sealed")))


def _own(actor: Actor) -> Select[Review]:
    return (
        select(Review)
        .join(Review.person)
        .join(Review.cycle)
        .where(Review.person_id == actor.person_id, people(actor, "list_reviews"))
        .order_by(Cycle.starts_on.desc(), Cycle.code)
        .options(
            contains_eager(Review.person),
            joinedload(Review.team),
            contains_eager(Review.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy),
        )
    )
