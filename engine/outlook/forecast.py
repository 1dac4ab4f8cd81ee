"""Where a figure is heading by the end of the period: its pace, a range, and how right that was.

Nothing is guessed beyond two plain assumptions, each of which a reader can check. The pace: it
goes on as it went so far. The range: from now to the end it grows by the factor that it grew by
from the same point of each past period; a rate moves by as much. How far such forecasts were off
is told from those same periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

# A range needs more than one period to compare with.
LEAST_PERIODS = 2


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """A past period: the figure at the same share of its days as now, and at its end."""

    label: str
    at: Decimal
    end: Decimal


@dataclass(frozen=True, slots=True)
class Tried:
    """What the pace would have said of a past period at this point, and how it ended.

    ``off`` is (said − end) / end with four places; None where the period ended at zero. ``held``:
    whether the end lay in the range that the other periods gave; None without such a range.
    """

    past: PastPeriod
    said: Decimal
    off: Decimal | None
    held: bool | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """``pace`` and the range ``low`` to ``high`` at the period's end; None where there is none.

    ``error`` is the mean of what past forecasts were off, without sign, with four places.
    ``tried`` are the past periods that it was tried on.
    """

    now: Decimal
    gone: Decimal
    pace: Decimal | None
    low: Decimal | None
    high: Decimal | None
    error: Decimal | None
    tried: tuple[Tried, ...]

    @property
    def held(self) -> int:
        """How often the range held, of those past periods that had one."""
        return sum(each.held is True for each in self.tried)

    @property
    def ranges(self) -> int:
        return sum(each.held is not None for each in self.tried)


def forecast(
    now: Decimal, gone: Decimal, past: Sequence[PastPeriod], *, adds_up: bool, digits: int
) -> Forecast:
    """Return where ``now`` is heading when the share ``gone`` of the period is over.

    What ``adds_up`` (a sum, a count) has the pace now / gone; a rate is expected to stay as it
    is. Past periods that stood at zero at this point say nothing about growth from there. All
    amounts are rounded HALF_UP to ``digits`` places; nothing else is.
    """
    pace = _pace(now, gone, adds_up)
    span = _range(now, pace, past, adds_up)
    tried = tuple(_tried(each, gone, past, adds_up=adds_up, digits=digits) for each in past)
    offs = [abs(Fraction(each.off)) for each in tried if each.off is not None]
    return Forecast(
        now,
        gone,
        None if pace is None else rounded(pace, digits),
        None if span is None else rounded(span[0], digits),
        None if span is None else rounded(span[1], digits),
        rounded(sum(offs, Fraction(0)) / len(offs), 4) if offs else None,
        tried,
    )


def rounded(value: Fraction, digits: int) -> Decimal:
    """Return a fraction HALF_UP (away from zero) at ``digits`` places."""
    units = floor(abs(value) * 10**digits + Fraction(1, 2))
    # From text: a constructor is exact, whatever the precision of the context is.
    return Decimal(f"{'-' if value < 0 else ''}{units}E-{digits}")


def _pace(now: Decimal, gone: Decimal, adds_up: bool) -> Fraction | None:
    if not adds_up:
        return Fraction(now)
    return Fraction(now) / Fraction(gone) if gone else None


def _range(
    now: Decimal, pace: Fraction | None, past: Sequence[PastPeriod], adds_up: bool
) -> tuple[Fraction, Fraction] | None:
    """Return from the least to the most of the pace and of what past periods make of now."""
    ends = list(_grown(now, past) if adds_up else _moved(now, past))
    if pace is None or len(ends) < LEAST_PERIODS:
        return None
    return min(pace, *ends), max(pace, *ends)


def _grown(now: Decimal, past: Sequence[PastPeriod]) -> Iterator[Fraction]:
    """Give what now becomes where it grows by the factor that each past period grew by."""
    for each in past:
        if now > 0 and each.at > 0:
            yield Fraction(now) * Fraction(each.end) / Fraction(each.at)


def _moved(now: Decimal, past: Sequence[PastPeriod]) -> Iterator[Fraction]:
    """Give what a rate becomes where it moves as far as in each past period.

    It stays within 0, and within 1 where it has always been.
    """
    seen = [now, *(value for each in past for value in (each.at, each.end))]
    most = Fraction(1) if max(seen) <= 1 else None
    for each in past:
        end = Fraction(now) + Fraction(each.end) - Fraction(each.at)
        end = max(end, Fraction(0)) if min(seen) >= 0 else end
        yield end if most is None else min(end, most)


def _tried(
    one: PastPeriod, gone: Decimal, past: Sequence[PastPeriod], *, adds_up: bool, digits: int
) -> Tried:
    said = _pace(one.at, gone, adds_up) or Fraction(0)
    span = _range(one.at, said, [each for each in past if each is not one], adds_up)
    end = Fraction(one.end)
    return Tried(
        one,
        rounded(said, digits),
        rounded((said - end) / end, 4) if end > 0 else None,
        None if span is None else span[0] <= end <= span[1],
    )
