"""A locked cycle measured anew: on the records as they are, with all else as it was pinned."""

from __future__ import annotations

import polars as pl
from sqlalchemy.orm import Session

from engine.model import Policy
from workflows.cycles.facts import Facts, measured_on
from workflows.cycles.parts import parts_as_scored
from workflows.cycles.tables import Cycle


def facts_again(session: Session, cycle: Cycle, policy: Policy, pinned: pl.DataFrame) -> Facts:
    """Return what was pinned, with the measures of today's records instead."""
    parts = parts_as_scored(session, cycle, policy, pinned)
    records, measured, late = measured_on(session, cycle, policy, parts)
    frame = pinned.with_columns(measured.drop("person").get_columns())
    return Facts(frame, records, late)
