"""All reviews of a cycle."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review


def reviews_of(session: Session, cycle: Cycle) -> list[Review]:
    """Return the cycle's reviews by person's code."""
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .options(contains_eager(Review.person), joinedload(Review.team))
            .where(Review.cycle_id == cycle.id)
            .order_by(Person.code)
        )
    )
