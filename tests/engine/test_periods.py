"""Periods: read from their labels, half-open, and next to each other without gap or overlap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import KaohengError
from engine.periods import PeriodKind, containing, parse

READABLE = [
    ("2017-Q4", PeriodKind.QUARTER, date(2017, 10, 1), date(2018, 1, 1)),
    ("2017-Q1", PeriodKind.QUARTER, date(2017, 1, 1), date(2017, 4, 1)),
    ("2017-11", PeriodKind.MONTH, date(2017, 11, 1), date(2017, 12, 1)),
    ("2020-02", PeriodKind.MONTH, date(2020, 2, 1), date(2020, 3, 1)),
    ("2017-H1", PeriodKind.HALF, date(2017, 1, 1), date(2017, 7, 1)),
    ("2017-H2", PeriodKind.HALF, date(2017, 7, 1), date(2018, 1, 1)),
    ("2017", PeriodKind.YEAR, date(2017, 1, 1), date(2018, 1, 1)),
]


@pytest.mark.parametrize(("label", "kind", "start", "end"), READABLE)
def test_a_label_gives_its_days(label: str, kind: PeriodKind, start: date, end: date) -> None:
    period = parse(label)
    assert (period.kind, period.start, period.end, str(period)) == (kind, start, end, label)


@pytest.mark.parametrize(("label", "kind", "start", "end"), READABLE)
def test_neighbours_touch_and_share_no_day(
    label: str, kind: PeriodKind, start: date, end: date
) -> None:
    period = parse(label)
    assert start in period
    assert end - timedelta(days=1) in period
    assert end not in period
    assert period.previous.end == start
    assert period.next.start == end
    assert period.next.previous == period
    assert parse(period.next.label) == period.next
    assert containing(start, kind) == containing(end - timedelta(days=1), kind) == period


@pytest.mark.parametrize(
    "label",
    [
        "",
        "2017-Q5",
        "2017-Q0",
        "2017-13",
        "2017-00",
        "2017-H3",
        "2017-1",
        "17-Q1",
        "2017Q4",
        "2017-q4",
        "２０１７-Q4",
        "2017-Q4 ",
        "0000",
        "9999-12",
    ],
)
def test_what_is_not_a_period_is_refused_with_what_to_write(label: str) -> None:
    with pytest.raises(KaohengError, match="is not a period") as refusal:
        parse(label)
    assert refusal.value.faults[0].code == "period.unreadable"
