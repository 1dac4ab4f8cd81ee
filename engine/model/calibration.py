"""What a policy says of calibrating grades 校准: a distribution to be guided by, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Shares = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """From the group's result ``start`` up, these grades have these ``shares`` instead."""

    start: Decimal
    shares: Shares


@dataclass(frozen=True, slots=True)
class ByResult:
    """A group's own result gives it more or fewer of the best: ``rows`` from the highest down.

    The result is the group's attainment of ``kpi``, or its mean total where none is named.
    """

    rows: tuple[ResultRow, ...]
    kpi: str | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A guide, never a rule for a person: shares of one by grade, among a ``group``.

    More of a grade in ``at_most``, or fewer of one in ``at_least``, is told and wants a reason;
    where neither is given, more of any grade is. A group of fewer than ``least_people`` is put
    together with others under the same unit. Who was there for fewer than ``least_days`` is
    left out, and so are the protected. ``posts_apart``: each post by itself.
    """

    distribution: Shares
    at_most: tuple[str, ...] = ()
    at_least: tuple[str, ...] = ()
    group: Literal["team", "region", "company"] = "team"
    least_people: int = 0
    least_days: int = 0
    posts_apart: bool = False
    by_result: ByResult | None = None
