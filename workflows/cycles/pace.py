"""How much of a period is gone, to hold progress against."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.measures import rounded_ratio
from engine.model import Kpi, Policy
from workflows.cycles.tables import Cycle

# What grows as the period goes; of a rate, all is expected at any time.
_ADDS_UP = frozenset({"sum", "days", "count", "distinct", "first"})


def expected(policy: Policy, kpi: Kpi, gone: Decimal) -> Decimal:
    """Return the attainment that keeps pace when the share ``gone`` of the period is over."""
    measure = next((each for each in policy.measures if each.code == kpi.actual), None)
    grows = measure is not None and measure.kind in _ADDS_UP and kpi.better == "higher"
    return gone if grows else Decimal(1)


def share_gone(cycle: Cycle, today: date) -> Decimal:
    """Return the share of the period's days that are over on ``today``, from 0 to 1."""
    days = (cycle.ends_on - cycle.starts_on).days
    gone = min(max((today - cycle.starts_on).days, 0), days)
    return rounded_ratio(Decimal(gone), Decimal(days), 4) or Decimal(0)
