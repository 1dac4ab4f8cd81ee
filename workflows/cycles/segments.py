"""The parts of a review's period: in which team, from when to when, led by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cycles.operations import policy_of
from workflows.cycles.presence import Stay, stays
from workflows.org.leading import Leading
from workflows.org.tables import Person
from workflows.reviews.tables import Review


@dataclass(frozen=True, slots=True)
class Segment:
    """A stay with who led it on its last day."""

    stay: Stay
    manager: Person | None


def segments_of(session: Session, review: Review) -> list[Segment]:
    """Return the segments of a review's period, in their order; none where nobody was there."""
    cycle = review.cycle
    role, of = policy_of(cycle).scope.role, review.person_id
    own = stays(session, role, cycle.starts_on, cycle.ends_on, of).get(of, [])
    leaders = [
        Leading(session, stay.end - timedelta(days=1)).manager_of(stay.team.id, review.person_id)
        for stay in own
    ]
    people = select(Person).where(Person.id.in_({each for each in leaders if each is not None}))
    named = {person.id: person for person in session.scalars(people)}
    return [
        Segment(stay, named.get(leader or 0)) for stay, leader in zip(own, leaders, strict=True)
    ]
