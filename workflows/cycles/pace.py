"""How much of a period is gone, to hold progress against."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.measures import rounded_ratio
from workflows.cycles.tables import Cycle


def share_gone(cycle: Cycle, today: date) -> Decimal:
    """Return the share of the period's days that are over on ``today``, from 0 to 1."""
    days = (cycle.ends_on - cycle.starts_on).days
    gone = min(max((today - cycle.starts_on).days, 0), days)
    return rounded_ratio(Decimal(gone), Decimal(days), 4) or Decimal(0)
