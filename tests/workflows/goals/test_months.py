"""Months across people: moving them is told of the nodes above, rounding never is."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from workflows.goals.edits import set_amount, set_leaves, set_shape, set_split
from workflows.goals.months import drift_fault, drifts
from workflows.goals.recutting import recut
from workflows.goals.shape import MONTHS, Months
from workflows.goals.tree import Cut, Node, Split

CUT = Cut()


def region(amount: int = 1_000_000, people: int = 3, **split: Decimal) -> Node:
    persons = tuple(Node(key, "person", f"P{key}", personal=True) for key in range(3, people + 3))
    team = Node(2, "team", "T", split=Split("equal", **split), children=persons)
    return recut(Node(1, "region", "R", split=Split("equal"), children=(team,)),
                 Decimal(amount), CUT)  # fmt: skip


def months(*amounts: int) -> Months:
    return tuple(Decimal(each) for each in amounts) + (Decimal(0),) * (MONTHS - len(amounts))


def test_a_person_with_other_months_is_told_of_their_team_by_month() -> None:
    root = set_leaves(region(1_200_000, 4), {3: months(300_000)}, CUT, "siblings")
    (drift,) = drifts(root, CUT)
    assert drift.node.name == "T"
    assert drift.by[:2] == (275_000, -25_000)
    said = str(drift_fault(drift, 2026).params["months"])
    assert said.startswith("2026-01 +275000, 2026-02 -25000, ")
    assert len(said.split(", ")) == MONTHS


def test_what_two_people_exchange_is_not_told() -> None:
    more, less = (
        months(*[35_000, 15_000, *[25_000] * 10]),
        months(*[15_000, 35_000, *[25_000] * 10]),
    )
    root = set_leaves(region(1_200_000, 4), {3: more, 4: less}, CUT, "siblings")
    assert drifts(root, CUT) == []


def test_a_team_with_a_curve_of_its_own_is_told_of_it_and_of_what_is_above() -> None:
    root = set_shape(region(), months(1, 1), 2, CUT)
    assert [each.node.name for each in drifts(root, CUT)] == ["R", "T"]


def test_what_does_not_add_up_and_what_a_person_is_made_up_of_never_drift() -> None:
    lines = tuple(Node(key, "line", f"L{key}", personal=True) for key in (11, 12))
    root = set_split(region(people=1), 3, Split("equal"), lines, CUT)
    root = set_leaves(root, {11: months(500_000)}, CUT, "siblings")
    assert [each.node.name for each in drifts(root, CUT)] == ["T"]
    assert drifts(root, Cut(adds=False)) == []


@given(
    amount=st.integers(0, 10**9),
    people=st.integers(1, 9),
    given_=st.integers(0, 10**6),
    shape=st.lists(st.integers(0, 99), min_size=MONTHS, max_size=MONTHS).filter(any),
)
def test_rounding_is_never_told(amount: int, people: int, given_: int, shape: list[int]) -> None:
    curve = tuple(map(Decimal, shape))
    root = set_shape(region(amount, people, factor=Decimal("1.05")), curve, None, Cut(curve))
    if people > 1 and given_ < amount:
        root = set_amount(root, 3, Decimal(given_), Cut(curve))
    assert drifts(root, Cut(curve)) == []
