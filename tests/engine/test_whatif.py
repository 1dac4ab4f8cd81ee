"""What would change it: by hand, and against trying every step one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compile import compile_policy
from engine.errors import KaohengError
from engine.evaluate import Result
from engine.grants import Grant
from engine.outlook import whatif
from engine.outlook.candidates import Trial
from engine.outlook.whatif import Change, Outlook, changes
from engine.policies import load
from engine.version import Version
from tests.engine.helping import POLICIES, policy, scored

Facts = Mapping[str, str]
State = tuple[int, Decimal, Decimal, frozenset[str]]

COUNTS = policy("""\
measures:
  won: {name: {zh: 赢单数, en: won}, unit: count, records: deal, where: {stage: won}, when: closed_on, count: records}
  closed: {name: {zh: 结案数, en: closed}, unit: count, records: deal, where: {stage: [won, lost]}, when: closed_on, count: records}
  revenue: {name: {zh: 销售额, en: revenue}, unit: money, records: deal, where: {stage: won}, when: closed_on, sum: amount}
  win_rate: {name: {zh: 赢单率, en: win rate}, unit: ratio, ratio: [won, closed], digits: 4, if_zero: zero}
targets:
  won_target: {name: {zh: 赢单目标, en: target}, unit: count, measure: won, company: {2026-01: 10}, cascade: {by: none}, round_to: 1}
kpis:
  won: {name: {zh: 赢单数, en: won}, actual: won, target: won_target, weight: 60%, score: attainment, cap: 120}
  rate: {name: {zh: 赢单率, en: win rate}, actual: win_rate, weight: 40%, score: {of: actual, interpolate: [[20%, 0], [60%, 120]]}}
rounding: {attainment: 4, points: 2, total: 2, money: 2}
grades: [{grade: A, from: 100, coefficient: 1.5}, {grade: B, from: 80, coefficient: 1}, {grade: C, from: 0, coefficient: 0}]
steps:
  commission: {name: {zh: 提成, en: commission}, unit: money, grant: commission, formula: "max(revenue - 100000, 0) * 1%"}
rules:
  bonus: {name: {zh: 奖金, en: bonus}, when: "grade in [A, B]", then: [{grant: bonus, amount: 1000 * coefficient}]}
  ten: {name: {zh: 十单, en: ten}, when: won >= 10, then: [{grant: honour}]}
  even: {name: {zh: 怪, en: odd}, when: "won == 7", then: [{grant: bonus, amount: 50}]}
  training: {name: {zh: 培训, en: training}, when: grade == C, then: [{grant: training, course: {zh: 谈判, en: negotiation}}]}
""")  # noqa: E501 (a policy's lines)
PERSON = {"person": "A", "team": "", "calibrated_grade": "", "revenue": "90000"}


@cache
def both(text: str) -> tuple[Version, Version]:
    """The same policy for scenarios, and as it is evaluated otherwise."""
    found = load(text, "policy.yaml")
    return compile_policy(found, scenarios=True), compile_policy(found)


def looked(text: str, rows: list[Facts], person: str = "A") -> Outlook:
    scenarios, plain = both(text)
    return changes(scenarios, scored(plain, rows).frame, person)


def told(of: Outlook) -> list[tuple[str, str, str | None, str, list[str]]]:
    """Each change in short: the figure, by how much, the grade then, the money, what turns."""
    return [
        (
            each.lever.name,
            f"{each.by:+f}",
            each.after.grade,
            f"{each.money:+.2f}",
            [f"{turn.rule}:{'on' if turn.before is None else 'off'}" for turn in turns(each)],
        )
        for each in of.changes
    ]


def turns(change: Change) -> list[whatif.Difference]:
    return [each for each in change.grants if None in (each.before, each.after)]


def test_each_figure_has_its_smallest_changes_and_what_they_are_worth() -> None:
    found = looked(COUNTS, [PERSON | {"won": "6", "closed": "15", "won_target": "10"}])
    assert found.standing.total == Decimal(60)  # 60 points at 60% and 60 at 40%
    assert told(found) == [
        # 7 of 16 make 42 and 28.5: still a C, but seven deals are the odd rule's own
        ("won", "+1", "C", "+50.00", ["even:on"]),
        # 8 of 17 make 48 and 32.47
        ("won", "+2", "B", "+1000.00", ["bonus:on", "training:off"]),
        ("won", "+4", "B", "+1000.00", ["bonus:on", "ten:on", "training:off"]),
        # 6 of 11 make 77.45 with the 36 for deals, 6 of 10 make 84
        ("closed", "-5", "B", "+1000.00", ["bonus:on", "training:off"]),
        ("revenue", "+10001", "C", "+0.01", ["commission:on"]),
    ]


def test_a_deal_more_that_is_won_is_one_more_that_is_closed() -> None:
    found = looked(COUNTS, [PERSON | {"won": "6", "closed": "15", "won_target": "10"}])
    levers = {each.lever.name: each.lever for each in found.changes}
    assert {name: lever.along for name, lever in levers.items()} == {
        "won": ("closed",),
        "closed": (),
        "revenue": (),
    }
    assert levers["closed"].low == 6, "no more can be won than are closed"


@pytest.mark.parametrize(
    ("facts", "highs"),
    [
        # ten times the actual, three times the target; what somebody else has; a hundred steps
        ({"won": "6", "closed": "15", "won_target": "10"}, ("60", "150", "900000")),
        ({"won": "2", "closed": "15", "won_target": "10"}, ("30", "150", "900000")),
        ({"won": "0", "closed": "0", "won_target": "0", "revenue": "0"}, ("40", "70", "100")),
    ],
)
def test_it_says_how_far_it_looked(facts: Facts, highs: tuple[str, ...]) -> None:
    other = PERSON | {"person": "B", "won": "4", "closed": "7", "won_target": "1", "revenue": "0"}
    found = looked(COUNTS, [PERSON | facts, other])
    by_name = {each.name: each for each in found.unmoved} | {
        each.lever.name: each.lever for each in found.changes
    }
    assert tuple(str(by_name[name].high.quantize(1)) for name in ("won", "closed", "revenue")) == (
        highs
    )


def test_nothing_found_is_said_of_each_figure() -> None:
    best = {"won": "12", "closed": "12", "won_target": "10", "revenue": "0"}
    text = COUNTS.replace("revenue - 100000", "revenue - 10000000")
    found = looked(text, [PERSON | best])
    assert found.changes == ()
    assert [each.name for each in found.unmoved] == ["won", "closed", "revenue"]


def test_a_grant_that_costs_more_than_it_gives_is_no_change_to_name() -> None:
    thrift = (
        "  thrift: {name: {zh: 少, en: less}, when: revenue < 80000, then: [{grant: honour}]}\n"
    )
    facts = {"won": "6", "closed": "15", "won_target": "10"}
    names = []
    for revenue in ("90000", "150000"):  # without a commission to lose, and with 500.00
        found = looked(COUNTS + thrift, [PERSON | facts | {"revenue": revenue}])
        names.append([each.by for each in found.changes if each.by < -5])
    assert names == [[Decimal(-10001)], []]


def test_only_those_are_evaluated_on_whom_the_result_depends() -> None:
    text = (POLICIES / "demo-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    for policy_, height in ((COUNTS, 1), (text, 2)):
        scenarios = both(policy_)[0]
        numbers = {each.name: [1] * 4 for each in scenarios.facts if each.type == "number"}
        people = {"person": ["A", "B", "C", "D"], "team": ["T", "T", "U", None]}
        facts = pl.DataFrame(people | numbers)
        assert [Trial(scenarios, facts, each).height for each in "ACD"] == [height, 1, 1]


def test_a_calibrated_grade_is_moved_by_no_figure() -> None:
    facts = {"won": "6", "closed": "15", "won_target": "10", "calibrated_grade": "A"}
    found = looked(COUNTS, [PERSON | facts])
    assert found.calibrated
    assert found.standing.grade == "A"
    assert {each.after.grade for each in found.changes} == {"A"}


def test_a_person_who_is_not_there_is_refused() -> None:
    with pytest.raises(KaohengError) as error:
        looked(COUNTS, [PERSON | {"won": "6", "closed": "15", "won_target": "10"}], "B")
    assert [fault.code for fault in error.value.faults] == ["facts.no_person"]


@settings(max_examples=6, deadline=None)
@given(
    won=st.integers(0, 14),
    lost=st.integers(0, 12),
    target=st.integers(1, 12),
    grade=st.sampled_from(["", "", "B"]),
)
def test_no_smaller_change_does_it(won: int, lost: int, target: int, grade: str) -> None:
    facts = PERSON | {
        "won": str(won),
        "closed": str(won + lost),
        "won_target": str(target),
        "calibrated_grade": grade,
    }
    found = looked(COUNTS, [facts, PERSON | facts | {"person": "B", "won": "3", "closed": "4"}])
    bounds = {each.name: each for each in found.unmoved} | {
        each.lever.name: each.lever for each in found.changes
    }
    for name, moved in (("won", ("won", "closed")), ("closed", ("closed",))):
        for sign in (1, -1):
            named = [int(each.by) for each in found.changes if each.lever.name == name]
            assert sorted(abs(each) for each in named if each * sign > 0) == by_hand(
                facts, moved, sign, bounds[name].steps(sign)
            )


def by_hand(facts: Facts, moved: tuple[str, ...], sign: int, reach: int) -> list[int]:
    """Every number of steps, each as a person of its own in one ordinary evaluation."""
    rows = [
        dict(facts)
        | {"person": str(count)}
        | {name: str(int(facts[name]) + sign * count) for name in moved}
        for count in range(reach + 1)
    ]
    result = scored(both(COUNTS)[1], rows)
    states = [state for _, state in sorted(states_of(result).items())]
    smallest, seen = [], set()
    for count, state in enumerate(states[1:], 1):
        if met(states[0], state) - seen:
            smallest.append(count)
        seen |= met(states[0], state)
    return smallest


def met(start: State, state: State) -> frozenset[str]:
    """What a state has that is worth naming: a higher grade, and what turned without a loss."""
    lifted = state[0] > start[0]
    if not lifted and any(now < then for now, then in zip(state[:3], start[:3], strict=True)):
        return frozenset()
    return (state[3] ^ start[3]) | ({"grade"} if lifted else set())


def states_of(result: Result) -> dict[int, State]:
    """By person: the grade's rank, the total, the money, and which rules and steps gave."""
    given_: dict[str, list[Grant]] = defaultdict(list)
    for each in result.grants:
        given_[each.person].append(each)
    return {
        int(row["person"]): (
            "DCBAS".index(row["final_grade"]),
            row["total"],
            sum((each.amount or Decimal(0) for each in given_[row["person"]]), Decimal(0)),
            frozenset(each.rule for each in given_[row["person"]]),
        )
        for row in result.frame.rows(named=True)
    }


@pytest.mark.parametrize("seed", range(4))
def test_one_step_less_does_not_do_it(seed: int) -> None:
    """Figures of many steps: money by the yuan, and days; everybody is a team alone."""
    text = (POLICIES / "demo-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    random = Random(seed)
    facts = {
        "won_revenue": f"{Decimal(random.randrange(10**7, 10**8)) / 100:.2f}",
        "list_revenue": str(random.randrange(300_000, 900_000)),
        "won_days": str(random.randrange(300, 2_000)),
        "won_deals": str(random.randrange(5, 20)),
        "closed_deals": str(random.randrange(20, 40)),
        "new_customers": str(random.randrange(12)),
        "revenue_target": "360000",
        "deals_target": "12",
        "customers_target": "8",
    }
    bare = {"person": "0", "team": "0", "calibrated_grade": ""} | facts
    found = looked(text, [bare], "0")
    assert found.changes
    for change in found.changes:
        names = (change.lever.name, *change.lever.along)
        step = 1 if change.by > 0 else -1
        rows = [bare] + [
            bare
            | {"person": person, "team": person}
            | {name: str(Decimal(facts[name]) + change.by - less) for name in names}
            for person, less in (("1", step), ("2", 0))
        ]
        states = states_of(scored(both(text)[1], rows))
        assert met(states[0], states[2]) - met(states[0], states[1])
        assert (change.after.total, change.after.money) == states[2][1:3]


def test_money_is_found_to_the_yuan_across_a_team() -> None:
    """B sells 380,000 of 500,000: the team of 900,000 pays its pool at 120% of it."""
    text = (POLICIES / "demo-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    common = {
        "list_revenue": "500000",
        "won_deals": "12",
        "closed_deals": "20",
        "won_days": "720",
        "new_customers": "8",
        "deals_target": "12",
        "customers_target": "8",
        "calibrated_grade": "",
    }
    rows = [
        {"person": "A", "team": "T", "won_revenue": "620000.5", "revenue_target": "400000"},
        {"person": "B", "team": "T", "won_revenue": "380000.25", "revenue_target": "500000"},
        {"person": "C", "team": "U", "won_revenue": "9000000", "revenue_target": "500000"},
    ]
    found = looked(text, [row | common for row in rows], "B")
    pools = [each for each in found.changes if "team_pool" in [turn.rule for turn in turns(each)]]
    assert (pools[0].lever.name, pools[0].by) == ("won_revenue", 80000)
    assert pools[0].after.given[-1] is not None
    plain = both(text)[1]
    for less, given_ in ((0, True), (1, False)):
        moved = [dict(row) | common for row in rows]
        moved[1]["won_revenue"] = str(Decimal("380000.25") + 80000 - less)
        result = scored(plain, moved)
        shares = {each.person: each.amount for each in result.grants if each.rule == "team_pool"}
        assert ("B" in shares) is given_
        assert "C" in shares, "another team sells for itself"


def test_a_scope_too_large_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whatif, "MAX_ROWS", 80)
    text = (POLICIES / "demo-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    names = ("list_revenue", "won_deals", "closed_deals", "won_days", "new_customers")
    facts = dict.fromkeys((*names, "won_revenue", "revenue_target"), "10")
    facts |= {"deals_target": "1", "customers_target": "1", "calibrated_grade": "", "team": "T"}
    found = looked(text, [facts | {"person": each} for each in "ABC"])
    assert (found.crowd, found.changes) == (3, ())
