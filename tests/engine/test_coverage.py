"""Coverage: what no worked example reaches is told at its line, until one does."""

from __future__ import annotations

import pytest

from engine.cases import load_cases
from engine.coverage import Coverage, coverage
from engine.policies import load
from engine.reader import read
from tests.engine.helping import policy

TEXT = policy(
    """\
measures:
  deals: {name: {zh: 赢单数, en: deals}, unit: count, records: deal, when: day, count: records}
kpis:
  deals_kpi:
    name: {zh: 赢单数, en: deals}
    actual: deals
    weight: 100%
    score: {of: actual, steps: [{from: 5, points: 100}, {from: 3, points: 60}, {points: 0}]}
grades:
  - {grade: A, from: 100, coefficient: 1}
  - {grade: B, from: 0, coefficient: 0}
steps:
  tiers:
    name: {zh: 提成, en: commission}
    unit: count
    table: {of: deals, marginal: [{to: 4, rate: 1}, {rate: 2}]}
  praise: {name: {zh: 表扬, en: praise}, unit: count, formula: "if(deals > 9, 1, 0)"}
rules:
  honour: {name: {zh: 表彰, en: honour}, when: grade == A, then: [{grant: honour}]}
"""
)
# Deals of the case → what it leaves open.
CASES = [
    (
        [4],
        [
            "kpis.deals_kpi.score.steps.0",
            "kpis.deals_kpi.score.steps.2",
            "grades.0",
            "steps.tiers.table.marginal.1",
            "steps.praise.formula yes",
            "rules.honour.when rule",
        ],
    ),
    (
        [5],
        [
            "kpis.deals_kpi.score.steps.1",
            "kpis.deals_kpi.score.steps.2",
            "grades.1",
            "steps.tiers.table.marginal.0",
            "steps.praise.formula yes",
            "rules.honour.when unruled",
        ],
    ),
    ([2, 3, 4, 10], []),
    ([2, 3, 4, 5], ["steps.praise.formula yes"]),
]


def covered(deals: list[int]) -> Coverage:
    rows = "".join(
        f"  case_{number}:\n    name: {{zh: 例, en: case}}\n"
        f"    facts: [{{person: A, team: T, deals: {count}}}]\n    expect: {{}}\n"
        for number, count in enumerate(deals)
    )
    cases = load_cases(f"language: 1\npolicy: test\ncases:\n{rows}", "cases.yaml")
    return coverage(load(TEXT, "policy.yaml"), cases, read(TEXT, "policy.yaml"))


@pytest.mark.parametrize(("deals", "left"), CASES, ids=[str(deals) for deals, _ in CASES])
def test_what_no_case_reaches_is_told(deals: list[int], left: list[str]) -> None:
    found = covered(deals)
    told = [(each.place.path, each.code.removeprefix("coverage.")) for each in found.unreached]
    paths = [path if kind in {"row", "grade"} else f"{path} {kind}" for path, kind in told]
    assert paths == left
    assert (found.branches, found.reached) == (11, 11 - len(left))


def test_it_is_told_where_it_stands_and_in_words() -> None:
    assert str(covered([2, 3, 4, 5]).unreached[0]) == (
        "policy.yaml:23:62 (steps.praise.formula): In no case does `deals > 9` hold. "
        "Add a case for it."
    )


TABLES = policy(
    """\
measures:
  deals: {name: {zh: 赢单数, en: deals}, unit: count, records: deal, when: day, count: records}
inputs:
  region: {name: {zh: 大区, en: region}, unit: label, options: [north, south]}
steps:
  cells:
    name: {zh: 表, en: cells}
    unit: count
    table:
      grid: [{of: deals, from: [3, 5]}, {of: region, labels: [north, south]}]
      values: [[0, 0], [1, 2], [3, 4]]
  chosen:
    name: {zh: 选, en: chosen}
    unit: count
    table:
      decide: first
      rows: [{when: deals >= 5, value: 2}, {when: deals >= 3, value: 1}, {value: 0}]
"""
)


def test_cells_and_rows_of_decision_tables_are_reached_one_by_one() -> None:
    case = (
        "language: 1\npolicy: test\ncases:\n  one:\n    name: {zh: 例, en: case}\n    facts:\n"
        "      - {person: A, deals: 5, region: north}\n"
        "      - {person: B, deals: 2, region: south}\n"
        "    expect: {}\n"
    )
    found = coverage(
        load(TABLES, "policy.yaml"), load_cases(case, "cases.yaml"), read(TABLES, "policy.yaml")
    )
    assert [each.place.path for each in found.unreached] == [
        "steps.cells.table.values.0.0",
        "steps.cells.table.values.1.0",
        "steps.cells.table.values.1.1",
        "steps.cells.table.values.2.1",
        "steps.chosen.table.rows.1",
    ]
