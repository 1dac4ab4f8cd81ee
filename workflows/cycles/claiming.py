"""Holding a cycle still for the rest of a transaction, before anything of it is written."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.cycles.tables import Cycle


def claim_cycle(session: Session, cycle: Cycle) -> None:
    """Wait until nobody else is changing the cycle, and see it as it is then.

    Whatever may end in the cycle's seal takes it first and the log last: two that took them in
    another order could wait for each other. On SQLite a write has the database to itself anyway.
    """
    session.execute(select(Cycle.id).where(Cycle.id == cycle.id).with_for_update())
    session.refresh(cycle)
