"""What people rate under a policy: which KPIs, up to how much, and when a rating says most."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.facts import PLACES
from engine.model import Kpi, Policy, Rating

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rated:
    """A KPI that ``rating`` is asked for; ``column`` is the fact that it becomes."""

    kpi: Kpi
    rating: Rating
    weight: Decimal

    @property
    def column(self) -> str:
        return f"{self.kpi.code}.{self.rating.code}"


def rated_of(policy: Policy, rating: Rating | None = None) -> tuple[Rated, ...]:
    """Return what is collected under a policy, of one ``rating`` or of all, in its order."""
    return tuple(
        Rated(kpi, each, weight)
        for each in policy.ratings
        if rating is None or each.code == rating.code
        for kpi in policy.kpis
        for rater, weight in kpi.raters
        if rater == each.code
    )


def collected(policy: Policy) -> frozenset[str]:
    """Return the names of the facts that are collected while people are evaluated."""
    panel = {each.code for each in policy.inputs if each.source == "panel"}
    return frozenset({each.column for each in rated_of(policy)} | panel)


def counted(policy: Policy) -> frozenset[str]:
    """Return the names of the inputs that are counted from confirmed contributions."""
    return frozenset(each.code for each in policy.inputs if each.source in ("assists", "sharings"))


def highest_from(policy: Policy, kpi: Kpi) -> Decimal:
    """Return the points from which a rating is one of the policy's highest grade."""
    starts = sorted((grade.start for grade in policy.grades), reverse=True)
    return min(starts[0] * kpi.scale / HUNDRED, kpi.scale) if len(starts) > 1 else kpi.scale


def lowest_below(policy: Policy, kpi: Kpi) -> Decimal:
    """Return the points below which a rating is one of the policy's lowest grade."""
    starts = sorted(grade.start for grade in policy.grades)
    return starts[1] * kpi.scale / HUNDRED if len(starts) > 1 else Decimal(0)


def is_extreme(policy: Policy, kpi: Kpi, points: Decimal) -> bool:
    """Say whether a rating is of the highest or of the lowest grade, or as extreme as can be."""
    if points in (Decimal(0), kpi.scale):
        return True
    return points >= highest_from(policy, kpi) or points < lowest_below(policy, kpi)


def mean(points: list[Decimal]) -> Decimal:
    """Return the mean as a fact is given: rounded half up to the places that points have."""
    units = int(sum(points, Decimal(0)).scaleb(PLACES["points"]))
    count = len(points)
    return Decimal((2 * units + count) // (2 * count)).scaleb(-PLACES["points"])
