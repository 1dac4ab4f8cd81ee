"""Results that hold one's own are not decided on in somebody else's name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review
from workflows.stages.naming import cycle_called


def require_no_part(session: Session, actor: Actor, cycle: Cycle) -> None:
    """Refuse with ``DENIED`` a stand-in whose own result is among those of the cycle.

    One person's correction or a record moves what everybody has of a rank or a pool.
    """
    if actor.own_person_id is None:
        return
    own = select(Review.id).where(
        Review.cycle_id == cycle.id, Review.person_id == actor.own_person_id
    )
    if session.scalar(own) is not None:
        raise refuse(
            "cycles.own_result",
            N_("Your own result is in {cycle}, which you would approve for somebody else."),
            N_("Ask another stand-in, or somebody with the role themselves."),
            kind=Kind.DENIED,
            cycle=cycle_called(cycle),
        )
