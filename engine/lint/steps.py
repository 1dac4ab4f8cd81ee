"""Two neighbouring points of a sweep, and which of them is the better result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from engine.lint.levels import directions
from engine.lint.sweep import Sweep
from engine.model import Policy


@dataclass(frozen=True, slots=True)
class Step:
    """Two neighbouring points of a sweep, ``better`` being the one with the better result."""

    sweep: Sweep
    worse: int
    better: int

    @property
    def paid(self) -> Decimal:
        """Return how much more the better one is paid."""
        return self.sweep.points[self.better].pay - self.sweep.points[self.worse].pay

    @property
    def scored(self) -> Decimal:
        one, other = self.sweep.points[self.worse].total, self.sweep.points[self.better].total
        return Decimal(0) if one is None or other is None else other - one

    @property
    def width(self) -> int:
        return abs(self.better - self.worse)

    def by_item(self) -> list[Decimal]:
        one, other = (self.sweep.points[place].by_item() for place in (self.worse, self.better))
        return [more - less for less, more in zip(one, other, strict=True)]


def in_direction(policy: Policy, sweep: Sweep, sweeps: Sequence[Sweep]) -> list[Step]:
    """Return the steps of a sweep from the worst result to the best."""
    places = sorted(sweep.points)
    if _is_better_lower(policy, sweep.name, [each for each in sweeps if each.name == sweep.name]):
        places.reverse()
    return [Step(sweep, one, other) for one, other in pairwise(places)]


def _is_better_lower(policy: Policy, name: str, sweeps: Sequence[Sweep]) -> bool:
    """Ask the KPIs; where none says, what pays more on the whole is better."""
    declared = directions(policy).get(name)
    if declared is not None:
        return declared == "lower"
    ends = [Step(each, min(each.points), max(each.points)) for each in sweeps if each.points]
    trend = sum((each.paid for each in ends), Decimal(0))
    return (trend or sum((each.scored for each in ends), Decimal(0))) < 0
