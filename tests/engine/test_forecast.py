"""Forecasts: exact arithmetic against fractions, and what must hold of any of them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.outlook.forecast import LEAST_PERIODS, PastPeriod, forecast, rounded

amounts = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)
shares = st.integers(1, 10_000).map(lambda each: Decimal(each).scaleb(-4))
rates = st.integers(0, 10_000).map(lambda each: Decimal(each).scaleb(-4))


def periods(values: st.SearchStrategy[Decimal]) -> st.SearchStrategy[list[PastPeriod]]:
    pairs = st.lists(st.tuples(values, values), max_size=6)
    return pairs.map(
        lambda found: [PastPeriod(str(number), *pair) for number, pair in enumerate(found)]
    )


CASES = [
    # now, gone, (at, end) of each past period; pace, low, high, error
    ("40", "0.4", [], "100", None, None, None),
    ("40", "0", [("10", "20")], None, None, None, "1"),
    ("40", "0.4", [("50", "100")], "100", None, None, "0.25"),
    ("40", "0.5", [("50", "100"), ("50", "150")], "80", "80", "120", "0.1667"),
    ("40", "0.5", [("0", "100"), ("50", "150"), ("20", "25")], "80", "50", "120", "0.6444"),
    ("0", "0.5", [("50", "100"), ("50", "150")], "0", None, None, "0.1667"),
]


@pytest.mark.parametrize(("now", "gone", "past", "pace", "low", "high", "error"), CASES)
def test_a_forecast(
    now: str,
    gone: str,
    past: list[tuple[str, str]],
    pace: str | None,
    low: str | None,
    high: str | None,
    error: str | None,
) -> None:
    before = [PastPeriod("p", Decimal(at), Decimal(end)) for at, end in past]
    made = forecast(Decimal(now), Decimal(gone), before, adds_up=True, digits=2)
    found = (made.pace, made.low, made.high, made.error)
    wanted = (None if each is None else Decimal(each) for each in (pace, low, high, error))
    assert found == tuple(wanted)


def test_a_rate_stays_and_moves_as_far_as_before() -> None:
    past = [
        PastPeriod("a", Decimal("0.5"), Decimal("0.4")),
        PastPeriod("b", Decimal("0.2"), Decimal("0.9")),
    ]
    made = forecast(Decimal("0.6"), Decimal("0.5"), past, adds_up=False, digits=4)
    assert (made.pace, made.low, made.high) == (Decimal("0.6"), Decimal("0.5"), Decimal(1))
    assert made.error == Decimal("0.5139")  # 25% and 77.78% off


@given(amounts, shares, periods(amounts))
def test_what_adds_up_is_as_fractions_have_it(
    now: Decimal, gone: Decimal, past: list[PastPeriod]
) -> None:
    made = forecast(now, gone, past, adds_up=True, digits=2)
    pace = Fraction(now) / Fraction(gone)
    assert made.pace == rounded(pace, 2)
    grown = [Fraction(now) * Fraction(each.end) / Fraction(each.at) for each in past if each.at]
    if now and len(grown) >= LEAST_PERIODS:
        assert made.low == rounded(min(pace, *grown), 2)
        assert made.high == rounded(max(pace, *grown), 2)
    else:
        assert made.low is None
        assert made.high is None


@given(rates, shares, periods(rates))
def test_a_rate_keeps_to_what_a_rate_can_be(
    now: Decimal, gone: Decimal, past: list[PastPeriod]
) -> None:
    made = forecast(now, gone, past, adds_up=False, digits=4)
    assert made.pace == now
    if made.low is not None and made.high is not None:
        assert 0 <= made.low <= now <= made.high <= 1


@given(shares, st.lists(st.integers(1, 10**6), min_size=3, max_size=6))
def test_steady_periods_are_forecast_without_error(gone: Decimal, ends: list[int]) -> None:
    """Who always goes at the same pace is forecast as they end, and in the range."""
    past = [PastPeriod(str(end), Decimal(end) * gone, Decimal(end)) for end in ends]
    made = forecast(Decimal(ends[0]) * gone, gone, past, adds_up=True, digits=2)
    assert made.pace == made.low == made.high == Decimal(ends[0])
    assert made.error == 0
    assert (made.held, made.ranges) == (len(ends), len(ends))


@given(amounts, shares, periods(amounts), st.integers(2, 1000))
def test_twice_the_figure_is_twice_the_forecast(
    now: Decimal, gone: Decimal, past: list[PastPeriod], times: int
) -> None:
    one = forecast(now, gone, past, adds_up=True, digits=6)
    more = forecast(now * times, gone, past, adds_up=True, digits=6)
    for single, many in ((one.pace, more.pace), (one.low, more.low), (one.high, more.high)):
        assert (single is None) == (many is None)
        if single is not None and many is not None:
            apart = Fraction(single) * times - Fraction(many)
            assert abs(apart) <= Fraction(times, 10**6)
    assert one.error == more.error
