"""Appraisal periods 考核周期: months, quarters, halves and years, half-open in dates.

A period holds the days ``start <= day < end``, so that neighbours neither overlap
nor leave a day out, whatever the length of the month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from engine.errors import N_, refuse


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF: 6, PeriodKind.YEAR: 12}
_LABEL = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>[0-9]{2})))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` to just before ``end``; ``label`` is what people write."""

    start: date
    end: date
    kind: PeriodKind
    label: str

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __str__(self) -> str:
        return self.label

    @property
    def previous(self) -> Period:
        """The period of the same kind that ends where this one starts."""
        return self._shifted(-1)

    @property
    def next(self) -> Period:
        """The period of the same kind that starts where this one ends."""
        return self._shifted(1)

    @property
    def a_year_before(self) -> Period:
        """The same period of the year before."""
        return self._shifted(-12 // MONTHS[self.kind])

    def _shifted(self, by: int) -> Period:
        index = (self.start.year * 12 + self.start.month - 1) // MONTHS[self.kind]
        return _period(self.kind, index + by)


def parse(label: str) -> Period:
    """Read ``2017``, ``2017-H1``, ``2017-Q4`` or ``2017-11``; anything else raises KaohengError."""
    found = _LABEL.fullmatch(label)
    if found is None:
        raise _unreadable(label)
    year = int(found["year"])
    if found["quarter"]:
        return _period(PeriodKind.QUARTER, year * 4 + int(found["quarter"]) - 1)
    if found["half"]:
        return _period(PeriodKind.HALF, year * 2 + int(found["half"]) - 1)
    if found["month"]:
        if not 1 <= int(found["month"]) <= 12:
            raise _unreadable(label)
        return _period(PeriodKind.MONTH, year * 12 + int(found["month"]) - 1)
    return _period(PeriodKind.YEAR, year)


def containing(day: date, kind: PeriodKind) -> Period:
    """Return the period of ``kind`` that ``day`` falls in."""
    return _period(kind, (day.year * 12 + day.month - 1) // MONTHS[kind])


def _period(kind: PeriodKind, index: int) -> Period:
    """Return the ``index``-th period of ``kind`` counted from year 0."""
    first = index * MONTHS[kind]
    last = first + MONTHS[kind]
    if not 12 <= first <= last <= 9999 * 12:
        raise _unreadable(str(first // 12))
    start = date(first // 12, first % 12 + 1, 1)
    return Period(start, date(last // 12, last % 12 + 1, 1), kind, _label(kind, start))


def _label(kind: PeriodKind, start: date) -> str:
    number = (start.month - 1) // MONTHS[kind] + 1
    endings = {
        PeriodKind.MONTH: f"-{number:02}",
        PeriodKind.QUARTER: f"-Q{number}",
        PeriodKind.HALF: f"-H{number}",
        PeriodKind.YEAR: "",
    }
    return f"{start.year:04}{endings[kind]}"


def _unreadable(label: str) -> Exception:
    return refuse(
        "period.unreadable",
        N_("“{label}” is not a period."),
        N_("Write a month as 2017-11, a quarter as 2017-Q4, a half as 2017-H1 or a year as 2017."),
        label=label,
    )
