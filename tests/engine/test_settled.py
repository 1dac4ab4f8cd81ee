"""What the engine and the oracle once disagreed on, each as its smallest case."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.cells import typed
from engine.errors import KaohengError
from engine.evaluate import evaluate
from engine.running import intake
from tests.engine.helping import policy, scored, version

NAME = "name: {zh: 名, en: name}"
SALES = f"""measures:
  won: {{{NAME}, unit: money, records: deal, when: on, sum: amount}}
kpis:
  sales: {{{NAME}, actual: won, target: 100, weight: 100%, score: attainment}}
grades:
  - {{grade: A, from: 90, coefficient: 1}}
  - {{grade: B, from: 60, coefficient: 1}}
  - {{grade: C, from: 0, coefficient: 0}}
"""


def pooled(fund: str, currency: str) -> list[Decimal]:
    text = SALES + (
        f"rounding: {{money: 0}}\npools:\n  pool: {{{NAME}, trigger: team.won > 0, "
        f"compare: exact, fund: {fund}, share: equal}}\n"
    )
    rows = [{"person": person, "team": "T", "won": "1"} for person in "ABC"]
    frame = scored(version(policy(text, currency)), rows).frame
    found: list[Decimal] = frame.sort("person")["pool.pool.share"].to_list()
    return found


@pytest.mark.parametrize(
    ("fund", "currency", "expected"),
    [
        ("100", "CNY", ["33.34", "33.33", "33.33"]),
        ("0.1", "CNY", ["0.04", "0.03", "0.03"]),
        ("100", "JPY", ["34", "33", "33"]),
        ("100.01", "KWD", ["33.337", "33.337", "33.336"]),
        ("0", "CNY", ["0", "0", "0"]),
        ("0 - 5", "CNY", ["0", "0", "0"]),
    ],
)
def test_a_round_fund_is_shared_to_the_minor_unit(
    fund: str, currency: str, expected: list[str]
) -> None:
    assert pooled(fund, currency) == [Decimal(each) for each in expected]


def test_the_grade_before_a_veto_is_of_the_total_before_it() -> None:
    text = SALES + (
        f"vetoes:\n  first: {{{NAME}, when: won > 94, total: 59}}\n"
        f"  second: {{{NAME}, when: won > 95, grade: B}}\n"
    )
    rows = [{"person": won, "won": won} for won in ("94", "95", "96")]
    names = ["total.before_veto", "total", "grade.before_veto", "grade"]
    found = scored(version(policy(text)), rows).frame.select(names).rows()
    assert [(int(before), int(total), *grades) for before, total, *grades in found] == [
        (94, 94, "A", "A"),
        (95, 59, "A", "C"),
        (96, 59, "A", "C"),
    ]


@pytest.mark.parametrize("use", ["vetoes", "steps"])
def test_a_result_waits_for_what_only_vetoes_or_pay_need(use: str) -> None:
    uses = {
        "vetoes": f"vetoes:\n  veto: {{{NAME}, when: audit < 60, total: 0}}\n",
        "steps": f"steps:\n  bonus: {{{NAME}, unit: number, digits: 0, formula: audit * 2}}\n",
    }
    given = f"inputs:\n  audit: {{{NAME}, unit: points, if_missing: pending}}\n"
    rows = [
        {"person": "A", "won": "90", "audit": ""},
        {"person": "B", "won": "90", "audit": "70"},
    ]
    found = scored(version(policy(SALES + given + uses[use])), rows).frame
    assert found.select("total", "state").rows() == [(None, "pending"), (90, "appraised")]


def test_a_part_of_a_target_stays_in_its_own_multiples() -> None:
    text = SALES.replace("target: 100", "target: aim") + (
        f"targets:\n  aim: {{{NAME}, unit: money, round_to: 0.25, prorate: true}}\n"
        "rounding: {money: 0}\n"
    )
    row = {"person": "A", "won": "1", "aim.full": "1", "days_in_post": "1", "days_in_period": "2"}
    assert scored(version(policy(text)), [row]).frame["aim"][0] == Decimal("0.5")


SEGMENTED = policy(
    "presence: {segments: true}\n"
    + SALES.replace(
        "score: attainment", "score: {of: actual, steps: [{from: 50, points: 85}, {points: 0}]}"
    )
    + f"inputs:\n  audit: {{{NAME}, unit: points, if_missing: pending}}\n"
)


def part(segment: str, won: str, audit: str, team: str) -> dict[str, str]:
    return {
        "person": "A",
        "segment": segment,
        "won": won,
        "audit": audit,
        "team": team,
        "days_in_post": "30",
    }


def test_the_last_segment_is_the_last_by_name_in_any_order_of_rows() -> None:
    rows = [part("2026-02-01", "60", "7", "T"), part("2026-01-01", "60", "8", "U")]
    for each in (rows, rows[::-1]):
        found = scored(version(SEGMENTED), each).frame
        assert found.select("team", "audit").rows() == [("T", 7)]


def test_whole_points_put_together_by_days_keep_their_places() -> None:
    rows = [part("2026-01-01", "60", "7", "T"), part("2026-02-01", "0", "7", "T")]
    found = scored(version(SEGMENTED), rows).frame
    assert found.select("sales.points", "total").rows() == [(Decimal("42.5"), Decimal("42.5"))]


def test_a_result_waits_while_any_segment_does() -> None:
    rows = [part("2026-01-01", "60", "", "T"), part("2026-02-01", "60", "7", "T")]
    assert scored(version(SEGMENTED), rows).frame.select("total", "state").rows() == [
        (None, "pending")
    ]


def test_the_trial_has_all_that_is_measured_and_nothing_of_pay() -> None:
    text = (
        SALES.replace(
            "weight: 100%, score",
            "weight: 100%, dimension: own, score",
        )
        .replace("kpis:\n", f"dimensions:\n  own: {{{NAME}, weight: 100%}}\nkpis:\n")
        .replace("grades:\n", f"vetoes:\n  none: {{{NAME}, when: won == 0, grade: C}}\ngrades:\n")
        + f"steps:\n  pay: {{{NAME}, unit: money, formula: won * coefficient, grant: bonus}}\n"
    )
    of = version(policy(text))
    facts = typed(of.facts, [{"person": "A", "won": "95"}], "facts.csv")
    trial = set(evaluate(of, facts, until="grade").frame.columns)
    whole = set(evaluate(of, facts).frame.columns)
    assert whole - trial == {"pay", "coefficient", "final_grade"}
    assert {"total", "state", "grade", "dimension.own", "veto.none", "sales.points"} <= trial


def test_a_fund_that_nobody_knows_pays_nothing() -> None:
    text = SALES + (
        f"steps:\n  best: {{{NAME}, unit: money, over: {{take: max, of: won, where: won > 9}}}}\n"
        f"pools:\n  pool: {{{NAME}, trigger: team.won > 0, compare: exact, fund: best, "
        "share: equal}\n"
    )
    result = scored(version(policy(text)), [{"person": "A", "team": "T", "won": "1"}])
    assert result.frame["best"].to_list() == [None]
    assert result.frame["pool.pool.share"].to_list() == [Decimal(0)]
    assert result.grants == []


def test_no_more_people_than_sums_are_proven_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_PEOPLE", 2)
    rows = [{"person": person, "won": "1"} for person in "ABC"]
    assert scored(version(policy(SALES)), rows[:2]).frame.height == 2
    with pytest.raises(KaohengError, match="There are 3 rows; at most 2 are scored together"):
        scored(version(policy(SALES)), rows)
