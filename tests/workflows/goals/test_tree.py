"""A goal's tree: it reconciles at every level after every edit, or the edit is refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import KaohengError
from workflows.goals.edits import (
    find,
    set_amount,
    set_leaves,
    set_lock,
    set_quarters,
    set_ratio,
    set_shape,
    set_split,
)
from workflows.goals.gaps import gaps
from workflows.goals.recutting import recut
from workflows.goals.shape import EVEN, quarters_of
from workflows.goals.tree import Cut, Node, Split

CENT, YUAN, WAN = Decimal("0.01"), Decimal(1), Decimal(10_000)
CUT = Cut(unit=CENT)


def team(amount: int = 1_000_000, people: int = 5, **split: Decimal) -> Node:
    children = tuple(Node(key, "person", f"P{key}", personal=True) for key in range(2, people + 2))
    return recut(Node(1, "team", "T", split=Split("equal", **split), children=children),
                 Decimal(amount), CUT)  # fmt: skip


def amounts(node: Node) -> list[Decimal]:
    return [each.amount for each in node.children]


def holds(root: Node) -> None:
    """Children and reserve are the parent times its factor, months make up the year."""
    assert gaps(root) == []
    for node in root.walk():
        assert len(node.months) == 12
        assert sum(node.months) == sum(quarters_of(node.months)) == node.amount
        if node.split and not node.personal and node.children:
            split = node.split
            exact = node.amount * split.factor / split.unit
            total = exact.quantize(Decimal(1), "ROUND_HALF_UP") * split.unit
            assert sum(amounts(node)) + split.reserve == total
            assert all(amount % split.unit == 0 for amount in amounts(node))
        elif node.children:
            assert sum(amounts(node)) == node.amount
            made_up = [sum(month) for month in zip(*(c.months for c in node.children), strict=True)]
            assert list(node.months) == made_up


def test_a_million_for_five_people_and_other_ratios() -> None:
    root = team()
    assert amounts(root) == [200_000] * 5
    root = set_ratio(root, 2, Decimal("0.6"), CUT)
    assert amounts(root) == [130_435, *[217_391] * 3, 217_392] or sum(amounts(root)) == 1_000_000
    assert amounts(root)[0] < 131_000
    holds(root)


def test_factor_and_reserve() -> None:
    root = team(factor=Decimal("1.05"), reserve=Decimal(50_000))
    assert amounts(root) == [200_000] * 5
    rated = team(factor=Decimal("1.05"), rate=Decimal("0.1"), unit=WAN)
    assert rated.split
    # 1,050,000 in whole 万元; a tenth of it is 105,000, which is 110,000 in whole 万元.
    assert (rated.split.reserve, sum(amounts(rated))) == (110_000, 940_000)
    holds(rated)


def test_what_was_set_by_hand_stays_and_the_others_make_up_the_difference() -> None:
    root = set_amount(team(), 2, Decimal(400_000), CUT)
    assert amounts(root) == [400_000, 150_000, 150_000, 150_000, 150_000]
    root = set_amount(root, 1, Decimal(800_000), CUT)
    assert amounts(root) == [400_000, 100_000, 100_000, 100_000, 100_000]


def test_the_reserve_may_take_the_difference_but_never_below_nothing() -> None:
    root = set_amount(team(), 2, Decimal(150_000), CUT, "reserve")
    assert root.split
    assert (root.split.reserve, amounts(root)[1:]) == (50_000, [200_000] * 4)
    with pytest.raises(KaohengError) as refused:
        set_amount(root, 2, Decimal(250_001), CUT, "reserve")
    assert refused.value.faults[0].params["by"] == "50001"


def test_a_locked_figure_stays_and_an_edit_above_goes_elsewhere_or_is_refused() -> None:
    root = set_lock(team(people=2), {2}, True)
    assert amounts(set_amount(root, 1, Decimal(900_000), CUT)) == [500_000, 400_000]
    with pytest.raises(KaohengError) as refused:
        set_amount(root, 2, Decimal(1), CUT)
    assert refused.value.faults[0].code == "goals.locked"
    with pytest.raises(KaohengError) as refused:
        set_amount(set_lock(root, {3}, True), 1, Decimal(900_000), CUT)
    assert refused.value.faults[0].params["locked"] == "P2, P3"
    with pytest.raises(KaohengError) as refused:
        set_amount(root, 1, Decimal(400_000), CUT)
    assert refused.value.faults[0].params == {
        "name": "T", "by": "100000", "locked": "P2", "given": "–"
    }  # fmt: skip


def test_figures_given_by_hand_follow_in_proportion_where_there_is_nobody_else() -> None:
    root = set_amount(team(people=2), 2, Decimal(750_000), CUT)
    root = set_leaves(root, {3: (Decimal(250_000), *[Decimal(0)] * 11)}, CUT, "siblings")
    root = set_amount(root, 1, Decimal(2_000_000), CUT)
    assert amounts(root) == [1_500_000, 500_000]
    root = set_amount(root, 3, Decimal(400_000), CUT)
    assert amounts(root) == [1_600_000, 400_000]


def test_leaves_that_do_not_come_out_even_are_refused_with_every_node() -> None:
    twelve = tuple(Decimal(10_000) for _ in range(12))
    with pytest.raises(KaohengError) as refused:
        set_leaves(team(), {2: twelve}, CUT, "siblings")
    (fault,) = refused.value.faults
    assert (fault.code, fault.params["name"], fault.params["by"]) == ("goals.gap", "T", "80000")
    taken = set_leaves(team(), {2: twelve}, CUT, "reserve")
    assert taken.split
    assert taken.split.reserve == 80_000
    holds(taken)


def test_a_quarter_by_hand_gives_its_months_their_share() -> None:
    lines = tuple(Node(key, "line", f"L{key}", personal=True) for key in (11, 12))
    root = set_split(team(people=2), 2, Split("equal"), lines, CUT)
    quarters = tuple(Decimal(each) for each in (100_000, 100_000, 100_000, 300_000))
    root = set_quarters(root, 2, quarters, CUT, "siblings")
    person = find(root, 2)
    assert quarters_of(person.months) == quarters
    assert amounts(person) == [300_000, 300_000]
    assert amounts(root) == [600_000, 400_000]
    holds(root)


def test_what_does_not_add_up_is_had_whole_by_everybody() -> None:
    cut = Cut(unit=CENT, adds=False)
    children = (Node(2, "team", "A"), Node(3, "team", "B"))
    root = Node(1, "company", "C", split=Split("same", whole=True, unit=CENT), children=children)
    root = recut(root, Decimal("4.5"), cut)
    assert amounts(root) == [Decimal("4.5")] * 2
    assert root.children[0].months == (Decimal("4.5"),) * 12
    with pytest.raises(KaohengError):
        set_amount(root, 2, Decimal(4), cut)


UNITS = st.sampled_from([CENT, YUAN, Decimal(100), WAN])
RATIOS = st.decimals(0, 5, places=2)


@st.composite
def splits(draw: st.DrawFn) -> Split:
    unit = draw(UNITS)
    rate = draw(st.none() | st.decimals(0, 1, places=2))
    factor = draw(st.decimals("0.5", 2, places=3))
    return Split(
        "ratio", factor, unit, draw(st.integers(0, 3)) * unit if rate is None else Decimal(0), rate
    )


@st.composite
def trees(draw: st.DrawFn) -> Node:
    keys = count(1)

    def node(kinds: tuple[str, ...]) -> Node:
        kind, *below = kinds
        personal = kind in ("person", "line")
        key = next(keys)
        own = Node(key, kind, f"{kind}{key}", ratio=draw(RATIOS), personal=personal)
        if not below or not draw(st.booleans() | st.just(True)):
            return own
        children = tuple(node(tuple(below)) for _ in range(draw(st.integers(1, 3))))
        split = Split("ratio", unit=draw(UNITS)) if personal else draw(splits())
        return replace(own, split=split, children=children)

    return node(("company", "region", "team", "person", "line"))


@given(st.data())
def test_every_level_reconciles_after_every_edit(data: st.DataObject) -> None:
    draw = data.draw
    shape = draw(st.sampled_from([EVEN, tuple(Decimal(each) for each in range(12))]))
    cut = Cut(shape=shape, unit=draw(st.sampled_from([CENT, YUAN])))
    money = st.decimals(0, 10**7, places=2)
    try:
        root = recut(draw(trees()), draw(money), cut)
    except KaohengError:  # a reserve beyond what there is, or nobody with a claim
        return
    holds(root)
    for _ in range(draw(st.integers(1, 6))):
        node = draw(st.sampled_from(list(root.walk())))
        locked = {each.key: each.amount for each in root.walk() if each.locked}
        edit = draw(
            st.sampled_from(["amount", "ratio", "lock", "unlock", "quarters", "leaves", "shape"])
        )
        taken = draw(st.sampled_from(["siblings", "reserve"]))
        amount = draw(money | st.integers(0, 1000).map(lambda n: Decimal(n * 10_000)))
        try:
            match edit:
                case "amount":
                    root = set_amount(root, node.key, amount, cut, taken)
                    assert find(root, node.key).amount == amount
                case "ratio" if node is not root:
                    root = set_ratio(root, node.key, draw(RATIOS), cut)
                case "lock":
                    root = set_lock(root, {node.key}, True)
                case "unlock":
                    root = set_lock(root, {node.key}, False)
                    locked.pop(node.key, None)
                case "quarters" if node.kind == "person":
                    root = set_quarters(root, node.key, (amount,) * 4, cut, taken)
                    assert quarters_of(find(root, node.key).months) == (amount,) * 4
                case "leaves" if not node.children and node is not root:
                    root = set_leaves(root, {node.key: (amount,) * 12}, cut, taken)
                case "shape":
                    root = set_shape(root, draw(st.none() | st.just(EVEN)), node.key, cut)
        except KaohengError:
            continue
        holds(root)
        assert not any(node.firm for node in root.walk())
        for key, kept in locked.items():
            assert find(root, key).amount == kept


def test_quarters_of_who_has_nothing_yet_go_to_all_lines_alike() -> None:
    """Neither what the lines have nor what they claim says how: then each has as much."""
    lines = tuple(Node(key, "line", f"L{key}", ratio=Decimal(0), personal=True) for key in (11, 12))
    root = set_amount(team(people=2), 2, Decimal(0), CUT)
    root = set_split(root, 2, Split("ratio"), lines, CUT)
    root = set_quarters(root, 2, (Decimal(30),) * 4, CUT, "siblings")
    assert amounts(find(root, 2)) == [60, 60]
    holds(root)


def test_where_rounding_would_take_from_a_month_lines_keep_months_of_their_own() -> None:
    """With these weights a larger sum has a smaller share in a month than the sum before it."""
    curve = tuple(map(Decimal, (3, 3, 0, 3, 2, 1, 2, 3, 0, 3, 0, 0)))
    lines = tuple(
        Node(key, "line", f"L{key}", ratio=Decimal(ratio), personal=True)
        for key, ratio in ((2, 4), (3, 1), (4, 4))
    )
    one = Node(1, "person", "P", personal=True, split=Split("ratio"), children=lines)
    root = recut(one, Decimal(9), Cut(shape=curve, unit=YUAN))
    holds(root)
    assert amounts(root) == [4, 1, 4]
    assert min(month for node in root.walk() for month in node.months) >= 0
