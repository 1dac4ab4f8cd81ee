"""The guidance: groups, their own results, and whole people by largest remainder."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.model import ByResult, Calibration, ResultRow
from workflows.calibration.guidance import (
    Place,
    groups_of,
    guide_for,
    limit_of,
    lines_of,
    shares_for,
)

GRADES = ("S", "A", "B", "C", "D")
CASES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("guidance.yaml").read_text(encoding="utf-8")
)


def shares(written: dict[str, Any]) -> tuple[tuple[str, Decimal], ...]:
    return tuple((grade, Decimal(str(share))) for grade, share in written.items())


def declared(case: dict[str, Any]) -> Calibration:
    rows = tuple(
        ResultRow(Decimal(start), shares(row)) for start, row in case.get("results", {}).items()
    )
    return Calibration(
        shares(case["declared"]),
        least_people=case.get("least_people", 0),
        posts_apart=case.get("posts_apart", False),
        by_result=ByResult(rows) if rows else None,
    )


def board(case: dict[str, Any]) -> list[Place]:
    found = []
    for path, count in case["board"].items():
        above, unit = path.split("/")
        for number in range(count):
            posts = case.get("posts", [None])
            found.append(
                Place(
                    f"{unit}-{number:02}",
                    unit,
                    above,
                    posts[number % len(posts)],
                    number >= case.get("apart", 0),
                    Decimal(str(case["total"])) if "total" in case else None,
                )
            )
    return found


@pytest.mark.parametrize("name", CASES)
def test_groups_and_their_guide(name: str) -> None:
    case = CASES[name]
    found = groups_of(declared(case), GRADES, board(case))
    assert [
        {
            "units": list(group.units),
            "people": len(group.people),
            "guide": list(group.guide.values()),
        }
        for group in found
    ] == case["groups"]
    assert all(group.is_merged == (len(group.units) > 1) for group in found)


def test_a_groups_attainment_is_of_its_sums() -> None:
    """Half of a large target and twice a small one are not 125% together."""
    rows = (ResultRow(Decimal("1.0"), shares({"A": 1})),)
    guide = Calibration(shares({"A": "0.5", "B": "0.5"}), by_result=ByResult(rows, "revenue"))
    amounts = (("50", "100"), ("20", "10"))
    places = [
        Place(f"p{number}", "e1", "east", actual=Decimal(actual), target=Decimal(target))
        for number, (actual, target) in enumerate(amounts)
    ]
    (group,) = groups_of(guide, GRADES, places)
    assert group.result == Fraction(70, 110)
    assert group.guide == {"S": 0, "A": 1, "B": 1, "C": 0, "D": 0}


def test_limits_from_above_and_from_below() -> None:
    guide = Calibration(shares({"A": "0.5", "B": "0.25", "C": "0.25"}), ("A",), ("C",))
    (group,) = groups_of(guide, GRADES, [Place(f"p{n}", "e1", "east") for n in range(4)])
    lines = lines_of(guide, group, {}, {"p0": "A", "p1": "A", "p2": "A", "p3": "B"})
    assert [(line.grade, line.limit, line.exceeded) for line in lines] == [
        ("S", None, 0),
        ("A", "at_most", 1),
        ("B", None, 0),
        ("C", "at_least", 1),
        ("D", None, 0),
    ]
    alone = Calibration(shares({"A": "1"}))
    assert {limit_of(alone, grade) for grade in GRADES} == {"at_most"}


def test_whoever_may_not_be_seen_is_guided_and_not_counted() -> None:
    guide = Calibration(shares({"A": "0.5", "B": "0.5"}))
    (group,) = groups_of(guide, GRADES, [Place(f"p{n}", "e1", "east") for n in range(4)])
    assert sum(line.now for line in lines_of(guide, group, {}, {"p0": "A", "p1": "A"})) == 2
    assert sum(line.guide for line in lines_of(guide, group, {}, {})) == 4


percents = st.lists(st.integers(0, 100), min_size=4, max_size=4).map(
    lambda cuts: [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), 100], strict=True)]
)


@settings(max_examples=200, deadline=None)
@given(percents, st.integers(1, 400))
def test_a_guide_sums_to_the_people_and_keeps_the_order_of_shares(
    parts: list[int], people: int
) -> None:
    given_shares = {g: Fraction(part, 100) for g, part in zip(GRADES, parts, strict=True)}
    guide = guide_for(given_shares, GRADES, people)
    assert sum(guide.values()) == people
    for grade, share in given_shares.items():
        assert abs(guide[grade] - share * people) < 1
    for better, worse in pairwise(GRADES):
        if given_shares[better] >= given_shares[worse]:
            assert guide[better] >= guide[worse]


@settings(max_examples=200, deadline=None)
@given(percents, st.integers(0, 100), st.integers(0, 100), st.integers(50, 150))
def test_the_shares_of_a_result_sum_to_one(
    parts: list[int], best: int, second: int, total: int
) -> None:
    usual = tuple((g, Decimal(part) / 100) for g, part in zip(GRADES, parts, strict=True))
    named = (("S", Decimal(best) / 100), ("A", Decimal(second) / 100))
    left = 100 - best - second
    if left < 0 or (left and not sum(parts[2:])):
        return  # what the checks of a policy refuse
    guide = Calibration(usual, by_result=ByResult((ResultRow(Decimal(100), named),)))
    found = shares_for(guide, Fraction(total))
    assert sum(found.values()) == 1
    assert min(found.values()) >= 0
    expected = dict(named) if total >= 100 else dict(usual)
    assert all(found[grade] == Fraction(share) for grade, share in expected.items())


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e"]), st.integers(0, 12), min_size=1),
    st.integers(0, 15),
)
def test_merging_keeps_everybody_once(sizes: dict[str, int], least: int) -> None:
    guide = Calibration(shares({"A": "0.5", "B": "0.5"}), least_people=least)
    places = [Place(f"{unit}{n}", unit, "up") for unit, size in sizes.items() for n in range(size)]
    groups = groups_of(guide, GRADES, places)
    found = [person for group in groups for person in group.people]
    assert sorted(found) == sorted(place.person for place in places)
    small = [group for group in groups if len(group.people) < least]
    assert len(small) <= 1
    assert not small or len(groups) == 1
