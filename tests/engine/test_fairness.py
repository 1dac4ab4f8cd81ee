"""Signs of unfairness, on groups small enough to be worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pytest

from engine.compile import compile_policy
from engine.evaluate import evaluate
from engine.fairness.groups import of_managers, of_teams
from engine.fairness.kpis import of_kpis
from engine.fairness.signs import Sign, Tally, apart, shown
from engine.policies import load
from tests.engine.test_turning import POLICY

# sales, calls: the target of sales is 100,000, that of calls 100; A is from 90.
PEOPLE: dict[str, tuple[list[tuple[int, int]], set[tuple[str, str]]]] = {
    "nothing to say": (
        [(50_000, 90), (110_000, 40), (120_000, 120), (90_000, 110), (60_000, 105)],
        set(),
    ),
    "calls tell nobody from anybody": (
        [(50_000, 80), (110_000, 80), (120_000, 80)],
        {("kpi_flat", "calls"), ("target_unreached", "calls")},
    ),
    "without either everybody's grade is the same": (
        [(100_000, 110), (110_000, 100), (120_000, 120)],
        {
            ("kpi_idle", "sales"),
            ("kpi_idle", "calls"),
            ("target_always_reached", "sales"),
            ("target_always_reached", "calls"),
        },
    ),
}


@pytest.mark.parametrize(("figures", "expected"), PEOPLE.values(), ids=PEOPLE)
def test_signs_of_kpis(figures: list[tuple[int, int]], expected: set[tuple[str, str]]) -> None:
    version = compile_policy(load(POLICY, "small"))
    facts = pl.DataFrame(
        {
            "person": [f"P{place}" for place in range(len(figures))],
            "sales": [sales for sales, _ in figures],
            "calls": [calls for _, calls in figures],
        }
    )
    signs = list(of_kpis(version, facts, evaluate(version, facts).frame))
    assert {(sign.kind, sign.code) for sign in signs} == expected
    assert all(sign.noise == (len(figures) < 5) for sign in signs)


def rows(*grades: tuple[str, str, int]) -> list[dict[str, Any]]:
    """Return people by measured grade, final grade and total, all points being their total."""
    return [
        {
            "grade": grade,
            "final_grade": final,
            "total": Decimal(total),
            "sales.points": Decimal(total),
        }
        for grade, final, total in grades
    ]


LIFTED = {"lifted": rows(*[("B", "A", 85), ("B", "A", 84), ("B", "A", 86)] * 2)}
PLAIN = {"plain": rows(*[("B", "B", 85), ("B", "B", 84), ("B", "B", 86)] * 2)}
THREE = POLICY.replace(
    "  - {grade: B, from: 0",
    "  - {grade: C, from: 70, coefficient: 1.1, name: {zh: 中, en: Middling}}\n"
    "  - {grade: B, from: 0",
)


def test_a_team_that_was_lifted() -> None:
    """Six people of equal totals, raised by a grade (two steps here), stand out on both counts."""
    policy = load(THREE, "small")
    for signs in (of_teams(policy, LIFTED | PLAIN), of_managers(policy, LIFTED | PLAIN)):
        by_team: dict[str, Sign] = {sign.code: sign for sign in signs}
        assert by_team["lifted"].numbers["people"] == 6
        assert not by_team["lifted"].noise


def test_few_people_may_be_chance() -> None:
    few = {"lifted": LIFTED["lifted"][:3], "plain": PLAIN["plain"][:3]}
    signs = list(of_managers(load(THREE, "small"), few))
    assert signs
    assert all(sign.noise for sign in signs)


def test_twice_the_standard_error_is_the_limit() -> None:
    """Five about a mean of 1: how far the other five must lie, worked out by hand."""
    spread = [Fraction(each) for each in (0, 0, 1, 2, 2)]
    found = apart(Tally.of(spread), Tally.of(each + 2 for each in spread))
    assert found is not None
    # squares: 4 on each side, 8 / 8 free = 1; 1 · (1/5 + 1/5) = 2/5; 2² = 4 > 4 · 2/5
    assert not found.noise
    near = apart(Tally.of(spread), Tally.of(each + 1 for each in spread))
    assert near is not None
    assert near.noise  # 1 < 8/5


def test_fractions_are_shown_half_up() -> None:
    cases = {Fraction(1, 3): "0.33", Fraction(-1, 8): "-0.13", Fraction(5, 1000): "0.01"}
    assert {value: str(shown(value)) for value in cases} == cases
