"""Who has confirmed, disputed or not answered, of those whom somebody may follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.confirming.standing import Standing, standings
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Followed:
    """A review and where its person stands with their list."""

    review: Review
    standing: Standing


def followed(session: Session, actor: Actor, cycle: Cycle) -> list[Followed]:
    """Return everybody of the cycle whom the actor follows, and the actor's own, by code."""
    allow(actor, "read_claims")
    reviews = session.scalars(
        select(Review)
        .join(Review.person)
        .where(Review.cycle_id == cycle.id)
        .where(or_(people(actor, "follow_confirmations"), people(actor, "confirm_records")))
        .options(contains_eager(Review.person), joinedload(Review.team))
        .order_by(Person.code)
    ).all()
    if not reviews:
        return []
    found = standings(session, cycle, policy_of(cycle), reviews)
    return [Followed(review, found[review.id]) for review in reviews]


def confirmation_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return where everybody stands, as ``followed`` gives it, as rows to print."""
    return [
        {
            "person": each.review.person.code,
            "team": each.review.team.code if each.review.team else None,
            "state": each.standing.state,
            "records": len(each.standing.lines),
            "confirmed_at": _confirmed_at(each.standing),
            "list": each.standing.digest,
        }
        for each in followed(session, actor, cycle)
    ]


def _confirmed_at(standing: Standing) -> datetime | None:
    return standing.last.confirmed_at if standing.last else None
