"""Somebody whose period has several parts: how it is explained, and what would change it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.compile import compile_policy
from engine.errors import KaohengError
from engine.outlook.whatif import changes
from engine.policies import load
from engine.telling.explain import explain
from tests.engine.helping import policy, scored

D = Decimal
NAME = "name: {zh: 名, en: name}"
TEXT = policy(
    f"""measures:
  won: {{{NAME}, unit: count, records: deal, when: on, count: records}}
targets:
  aim: {{{NAME}, unit: count, round_to: 1, prorate: true}}
presence: {{least_days: 20, segments: true}}
kpis:
  deals: {{{NAME}, actual: won, target: aim, weight: 100%, score: attainment}}
grades:
  - {{grade: A, from: 100, coefficient: 1}}
  - {{grade: B, from: 0, coefficient: 0}}
"""
)
MODEL = load(TEXT, "policy.yaml")


def part(name: str, days: int, won: int, person: str = "P") -> dict[str, str]:
    return {
        "person": person,
        "segment": name,
        "days_in_post": str(days),
        "days_in_period": "30",
        "won": str(won),
        "aim.full": "30",
    }


# Ten days at 5 of 10, then twenty at 15 of 20.
ROWS = [part("first", 10, 5), part("second", 20, 15), part("only", 30, 30, "Q")]


def test_points_are_a_mean_by_days_and_amounts_a_sum() -> None:
    result = scored(compile_policy(MODEL), ROWS)
    row = result.frame.filter(person="P").row(0, named=True)
    assert (row["won"], row["aim"], row["total"], row["grade"]) == (20, 30, D("66.67"), "B")
    assert result.frame.filter(person="Q")["total"].to_list() == [D(100)]
    steps = {each.name: each for each in explain(result.version, result, "P").steps}
    assert steps["total"].filled == "(50 * 10 + 75 * 20) / 30"
    assert steps["aim"].filled == "10 + 20"
    alone = {each.name: each for each in explain(result.version, result, "Q").steps}
    assert alone["aim"].filled == "round(30 * 30 / 30 / 1, 0) * 1"


def test_what_is_past_is_not_moved() -> None:
    """50 × 10 days + 125 × 20 days are 100 × 30 days: ten deals more in the last part."""
    plain = compile_policy(MODEL)
    scenarios = compile_policy(MODEL, scenarios=True)
    rows = scored(plain, ROWS).rows
    (change,) = [each for each in changes(scenarios, rows, "P").changes if each.by > 0]
    assert (change.by, change.lever.actual, change.after.grade) == (10, 15, "A")


def test_a_segment_is_not_given_twice() -> None:
    with pytest.raises(KaohengError, match="Give one row per person"):
        scored(compile_policy(MODEL), [part("first", 10, 5), part("first", 20, 15)])


@pytest.mark.parametrize(("days", "state"), [(19, "too_short"), (20, "appraised")])
def test_days_of_all_segments_count_together(days: int, state: str) -> None:
    rows = [part("first", 10, 5), part("second", days - 10, 5)]
    assert scored(compile_policy(MODEL), rows).frame["state"].to_list() == [state]


def test_what_is_of_other_periods_or_a_rate_is_not_added_up() -> None:
    text = TEXT.replace(
        "\ntargets:\n",
        f"""
  so_far: {{{NAME}, unit: count, records: deal, when: on, count: records, period: year_to_date}}
targets:
  own: {{{NAME}, unit: count}}
  rate: {{{NAME}, unit: ratio}}
""",
    )
    more = ({"so_far": "25", "own": "10", "rate": "0.5"}, {"so_far": "40", "own": "20"})
    rows = [{**row, "rate": "0.5", **figures} for row, figures in zip(ROWS, more, strict=False)]
    result = scored(compile_policy(load(text, "policy.yaml")), rows)
    row = result.frame.row(0, named=True)
    assert (row["won"], row["so_far"], row["own"], row["rate"]) == (20, 40, 30, D("0.5"))


def test_a_score_beyond_what_a_mean_is_proven_for_is_refused() -> None:
    score = "score: 'actual * 1000000000 * 1000000000'"
    text = TEXT.replace("target: aim, weight: 100%, score: attainment", f"weight: 100%, {score}")
    large = compile_policy(load(text, "policy.yaml"))
    with pytest.raises(KaohengError, match=r"`deals.points` is too large for a mean of segments"):
        scored(large, ROWS)
