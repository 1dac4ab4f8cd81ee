"""A sign of unfairness, and how it is told from chance.

The rule is a declared one, the same everywhere: a difference between a group and the rest is
more than chance when each side has at least ``ENOUGH`` people and the difference is more than
twice its standard error. Squares are compared as fractions: no root, no float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

from engine.model import Bilingual

ENOUGH = 5
Kind = Literal[
    "kpi_flat", "kpi_idle", "target_unreached", "target_always_reached", "team_grades",
    "manager_calibrates", "manager_rates",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: what it is of (``code`` and ``name``), what to say, and its numbers.

    ``noise``: so few people, or so small a difference, that chance alone may have made it.
    """

    kind: Kind
    code: str
    name: Bilingual | None
    message: str
    numbers: Mapping[str, Decimal | int | str]
    noise: bool


@dataclass(frozen=True, slots=True)
class Apart:
    """How far a group's mean lies from the mean of the rest."""

    group: Fraction
    rest: Fraction
    size: int
    noise: bool

    @property
    def by(self) -> Fraction:
        return self.group - self.rest


@dataclass(frozen=True, slots=True)
class Tally:
    """How many values, their sum, and the sum of their squares: all that means and spread need."""

    count: int = 0
    total: Fraction = Fraction(0)
    squares: Fraction = Fraction(0)

    @classmethod
    def of(cls, values: Iterable[Fraction]) -> Tally:
        known = list(values)
        squares = sum((each**2 for each in known), Fraction(0))
        return cls(len(known), sum(known, Fraction(0)), squares)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.count + other.count, self.total + other.total, self.squares + other.squares
        )

    def __sub__(self, other: Tally) -> Tally:
        return Tally(
            self.count - other.count, self.total - other.total, self.squares - other.squares
        )

    @property
    def mean(self) -> Fraction:
        return self.total / self.count

    @property
    def spread(self) -> Fraction:
        """The sum of the squared distances from the mean."""
        return self.squares - self.total**2 / self.count


def apart(group: Tally, rest: Tally) -> Apart | None:
    """Compare a group's mean with the rest's; None where either has nobody."""
    if not group.count or not rest.count:
        return None
    few = min(group.count, rest.count) < ENOUGH
    return Apart(group.mean, rest.mean, group.count, few or not _is_beyond(group, rest))


def shown(value: Fraction, places: int = 2) -> Decimal:
    """Return a fraction as people read it, rounded half up."""
    exact = Decimal(value.numerator * 10 ** (places + 2) // value.denominator).scaleb(-places - 2)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _is_beyond(group: Tally, rest: Tally) -> bool:
    """Say whether the means differ by more than twice the standard error (of the pooled spread)."""
    free = group.count + rest.count - 2
    pooled = (group.spread + rest.spread) / free
    variance = pooled * (Fraction(1, group.count) + Fraction(1, rest.count))
    return (group.mean - rest.mean) ** 2 > 4 * variance
