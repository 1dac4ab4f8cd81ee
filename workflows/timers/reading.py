"""What waits for its time, and what failed when it came."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.timers.operations import NEXT_AT
from workflows.timers.tables import Timer


def waiting_timers(session: Session, actor: Actor) -> list[Timer]:
    """Return the timers that are set, the next one first."""
    allow_everywhere(actor, "list_timers")
    return list(
        session.scalars(select(Timer).where(Timer.state == "set").order_by(NEXT_AT, Timer.id))
    )
