"""Exact arithmetic on columns against Fraction, ties and bounds sought out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columns import exact
from engine.columns.exact import INT, LIMIT, Exact

SIZE = 10**17


def half_up(value: Fraction, digits: int) -> Fraction:
    scaled = abs(value) * 10**digits
    whole = floor(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, 10**digits)


def column(name: str, scale: int, low: int = -SIZE, high: int = SIZE) -> Exact:
    return Exact(pl.col(name), low, high, scale)


def computed(value: Exact, frame: pl.DataFrame) -> list[Fraction | None]:
    bottom = value.bottom if value.bottom is not None else exact.whole(1)
    rows = frame.select(value.top.alias("top"), bottom.alias("bottom")).rows()
    for top, low in rows:
        if top is not None and low is not None:
            assert value.low <= top <= value.high
            assert 1 <= low <= value.most
    return [
        None if top is None or low is None else Fraction(top, low * 10**value.scale)
        for top, low in rows
    ]


numbers = st.one_of(
    st.integers(-SIZE, SIZE),
    st.integers(-30, 30),
    st.sampled_from([5, 15, 25, 45, 50, 55, 995, 10005, -5, -25, -10005]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(numbers, numbers, st.integers(1, 10**6)), min_size=1, max_size=30),
    st.integers(0, 4),
    st.integers(0, 4),
    st.integers(0, 6),
)
def test_arithmetic_and_rounding(
    rows: list[tuple[int, int, int]], left: int, right: int, digits: int
) -> None:
    frame = pl.DataFrame(rows, schema={"a": INT, "b": INT, "c": INT}, orient="row")
    a, b, c = column("a", left), column("b", right), column("c", 2, 1, 10**6)
    table = [(Fraction(x, 10**left), Fraction(y, 10**right), Fraction(z, 100)) for x, y, z in rows]
    expected = {
        "sum": (exact.add(a, b), [x + y for x, y, _ in table]),
        "quotient": (exact.divide(a, c), [x / z for x, _, z in table]),
        "sum of quotients": (
            exact.add(exact.divide(a, c), exact.literal(Decimal("0.125"))),
            [x / z + Fraction(1, 8) for x, _, z in table],
        ),
        "by either sign": (
            exact.divide(c, b, zero_is_null=True),
            [z / y if y else None for _, y, z in table],
        ),
        "least": (exact.least(a, b), [min(x, y) for x, y, _ in table]),
        "greatest": (
            exact.greatest(a, exact.literal(Decimal("0.5"))),
            [max(x, Fraction(1, 2)) for x, _, _ in table],
        ),
        "least of fractions": (
            exact.least(exact.divide(a, c), exact.literal(Decimal(3))),
            [min(x / z, Fraction(3)) for x, _, z in table],
        ),
        "rounded": (
            exact.rounded(exact.divide(a, c), digits),
            [half_up(x / z, digits) for x, _, z in table],
        ),
        "rounded, never negative": (
            exact.rounded(exact.divide(c, exact.literal(Decimal(8))), digits),
            [half_up(z / 8, digits) for _, _, z in table],
        ),
        "floor": (exact.floor(a), [Fraction(floor(x)) for x, _, _ in table]),
        "floor of a quotient": (
            exact.floor(exact.divide(a, c)),
            [Fraction(floor(x / z)) for x, _, z in table],
        ),
        "floor of a small quotient": (
            exact.floor(exact.divide(exact.literal(Decimal(7)), c)),
            [Fraction(floor(7 / z)) for _, _, z in table],
        ),
        "rounded sum": (
            exact.rounded(exact.add(a, b), digits),
            [half_up(x + y, digits) for x, y, _ in table],
        ),
    }
    for name, (value, want) in expected.items():
        assert computed(value, frame) == want, name
    truth = frame.select(exact.compare(">=", exact.divide(a, c), b)).to_series().to_list()
    assert truth == [x / z >= y for x, y, z in table]


def test_a_tie_rounds_away_from_zero() -> None:
    frame = pl.DataFrame({"a": [125, -125, 124, 135, 5, -5]}, schema={"a": INT})
    assert computed(exact.rounded(column("a", 3), 2), frame) == [
        Fraction(n, 100) for n in (13, -13, 12, 14, 1, -1)
    ]


def test_a_number_that_could_exceed_127_bits_is_never_compiled() -> None:
    with pytest.raises(exact.TooLarge):
        exact.multiply(column("a", 2, 0, 2**64), column("b", 2, 0, 2**64))
    with pytest.raises(exact.TooLarge):
        exact.rounded(Exact(pl.col("a"), 0, LIMIT - 1, 3, pl.col("b"), 10), 2)


def test_a_denominator_that_may_be_zero_needs_a_treatment() -> None:
    with pytest.raises(exact.MayBeZero):
        exact.divide(column("a", 0), column("b", 0, 0, 10))
    assert computed(
        exact.divide(column("a", 0), column("b", 0, 0, 10), zero_is_null=True),
        pl.DataFrame({"a": [6], "b": [0]}, schema={"a": INT, "b": INT}),
    ) == [None]


@given(st.lists(st.integers(-(10**27), 10**27), min_size=1, max_size=20), st.integers(0, 10))
@settings(max_examples=60, deadline=None)
def test_decimals_show_the_very_number(raw: list[int], scale: int) -> None:
    raw = [number // 10 ** (10 - scale) if scale < 10 else number for number in raw]
    frame = pl.DataFrame({"a": raw}, schema={"a": INT})
    shown = frame.select(exact.decimals(pl.col("a"), scale)).to_series()
    assert shown.dtype == pl.Decimal(38, 10)
    assert [Fraction(value) for value in shown.to_list()] == [
        Fraction(number, 10**scale) for number in raw
    ]


@pytest.mark.parametrize("bound", [Fraction(1, 5), Fraction(1, 2), Fraction(3)])
def test_a_fraction_is_bounded_by_a_constant(bound: Fraction) -> None:
    frame = pl.DataFrame({"a": [-7, 1, 2, 9], "b": [3, 3, 4, 2]}, schema={"a": INT, "b": INT})
    part = exact.divide(column("a", 0), column("b", 0, low=1))
    limit = exact.literal(Decimal(bound.numerator) / Decimal(bound.denominator))
    values = [Fraction(-7, 3), Fraction(1, 3), Fraction(1, 2), Fraction(9, 2)]
    for first, second in ((part, limit), (limit, part)):
        assert computed(exact.greatest(first, second), frame) == [max(v, bound) for v in values]
        assert computed(exact.least(first, second), frame) == [min(v, bound) for v in values]
    assert computed(exact.absolute(part), frame) == [abs(v) for v in values]
