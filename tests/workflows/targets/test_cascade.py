"""Sharing out: always exact, always fair to one unit, the same every time."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.targets.cascade import Node, apportion, cascade

WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any)


def test_a_million_for_five_people() -> None:
    assert apportion(Decimal(1_000_000), [1] * 5, Decimal("0.01")) == [Decimal(200_000)] * 5


def test_what_is_left_over_goes_to_the_largest_remainder_and_ties_to_the_first() -> None:
    assert apportion(Decimal(100), [1, 1, 1], Decimal(1)) == [34, 33, 33]
    assert apportion(Decimal(10), [1, 3, 3], Decimal(1)) == [2, 4, 4]
    assert apportion(Decimal("100.50"), [1, 1], Decimal(1)) == [Decimal("50.50"), 50]


@given(
    st.decimals(0, 10**9, places=2),
    WEIGHTS,
    st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(1000)]),
)
def test_shares_sum_to_the_amount_and_are_within_a_unit_of_their_claim(
    amount: Decimal, weights: list[int], unit: Decimal
) -> None:
    shares = apportion(amount, weights, unit)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        claim = Fraction(amount) * weight / sum(weights)
        assert abs(Fraction(share) - claim) < 2 * Fraction(unit)


@given(st.decimals(0, 10**7, places=0), st.integers(1, 4), st.integers(1, 5))
def test_every_level_of_a_tree_sums_to_the_level_above(
    amount: Decimal, teams: int, people: int
) -> None:
    root = Node(
        "company",
        teams * people,
        tuple(
            Node(f"t{t}", people, tuple(Node(f"t{t}p{p}", 1) for p in range(people)))
            for t in range(teams)
        ),
    )
    amounts = cascade(amount, root, Decimal(1))
    assert amounts["company"] == amount == sum(amounts[f"t{t}"] for t in range(teams))
    for t in range(teams):
        assert amounts[f"t{t}"] == sum(amounts[f"t{t}p{p}"] for p in range(people))


def test_nobody_to_share_with_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody"):
        apportion(Decimal(1), [0, 0], Decimal(1))
