"""A year's amount over its months: evenly, by a curve, or as the months of last year were."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from engine.periods import Period
from workflows.targets.cascade import apportion

Months = tuple[Decimal, ...]

MONTHS, QUARTERS = 12, 4
EVEN: Months = (Decimal(1),) * MONTHS
# Ratios, curves and amounts have at most so many places; as whole numbers they are exact weights.
PLACES = 6


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
    """Return ``amount`` in whole ``unit``s (0.01 is a cent, 10000 is 万元), HALF_UP."""
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def weights(values: Sequence[Decimal]) -> list[int]:
    """Return values of at most ``PLACES`` places as whole numbers in the same proportion."""
    return [int(value.scaleb(PLACES)) for value in values]


def spread(amount: Decimal, shape: Sequence[Decimal], unit: Decimal) -> Months:
    """Share a year's amount out to its quarters, and each quarter's to its months.

    The twelve sum to ``amount`` exactly, and so do those of a quarter to the quarter's share.
    ``shape`` says what each month weighs. ValueError where it is zero throughout.
    """
    by_quarter = [sum(quarter, Decimal(0)) for quarter in _quarters(shape)]
    return from_quarters(apportion(amount, weights(by_quarter), unit), shape, unit)


def from_quarters(amounts: Sequence[Decimal], shape: Sequence[Decimal], unit: Decimal) -> Months:
    """Share each quarter's amount out to its three months by ``shape``.

    A quarter that weighs nothing is shared out evenly: somebody has given it an amount.
    """
    months: list[Decimal] = []
    for amount, own in zip(amounts, _quarters(shape), strict=True):
        months += apportion(amount, weights(own if any(own) else EVEN[:3]), unit)
    return tuple(months)


def quarters_of(months: Sequence[Decimal]) -> Months:
    """Return the amounts of the four quarters: each the sum of its months."""
    return tuple(sum(quarter, Decimal(0)) for quarter in _quarters(months))


def in_period(months: Sequence[Decimal], period: Period, *, adds: bool) -> Decimal:
    """Return what a year's months give for a period of that year.

    What does not add up (a satisfaction, a share) holds in the period as it does in its last month.
    """
    first = period.start.month - 1
    length = (period.end.year - period.start.year) * MONTHS + period.end.month - period.start.month
    own = months[first : first + length]
    return sum(own, Decimal(0)) if adds else own[-1]


def _quarters(values: Sequence[Decimal]) -> list[Sequence[Decimal]]:
    return [values[start : start + 3] for start in range(0, MONTHS, 3)]
