"""Lint: each doubtful policy is told of once, at its line, and its mended twin is not."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from engine.errors import Fault
from engine.lint import findings
from engine.policies import load
from engine.reader import read
from tests.engine.helping import policy

# A scorecard of one KPI: points 0 to 120 by attainment, three grades.
CARD = """\
measures:
  sales: {name: {zh: 销售额, en: sales}, unit: money, records: deal, when: day, sum: amount}
  deals: {name: {zh: 赢单数, en: deals}, unit: count, records: deal, when: day, count: records}
targets:
  goal: {name: {zh: 目标, en: goal}, unit: money, measure: sales}
constants:
  base: {name: {zh: 基数, en: base}, unit: money, value: 1000}
kpis:
  sales_kpi:
    {name: {zh: 销售额, en: sales}, actual: sales, target: goal, weight: 100%, cap: 120, floor: 0}
grades:
  - {grade: A, from: 100, coefficient: 1.2}
  - {grade: B, from: 60, coefficient: 1}
  - {grade: C, from: 0, coefficient: 0}
steps:
  piece: {name: {zh: 计件, en: piece}, unit: money, formula: base * deals / 100, grant: piece}
"""
RULE = """\
rules:
  bonus:
    name: {zh: 奖, en: bonus}
    when: WHEN
    then: [{grant: bonus, amount: 'base * 0'}]
"""
KPI = "  count: {{name: {{zh: 单数, en: deals}}, actual: deals, target: 9, weight: {weight}%}}"
DIP = (
    "score: {{of: attainment, steps: "
    "[{{from: 1, points: {full}}}, {{from: 0.8, points: 95}}, {{points: 0}}]}}"
)
MARK = "inputs:\n  mark: {name: {zh: 评分, en: mark}, unit: money, min: 2}\n"
PAY = "pay: {name: {zh: 奖, en: pay}, unit: money, formula: base * total / 100, grant: pay}"
VETO = "vetoes:\n  incident: {name: {zh: 事故, en: incident}, when: deals < 1, grade: C}\n"
OPEN = ", {value: 0}"
DECIDE = (
    "table: {{decide: {hit}, rows: [{{when: {one}, value: base * 0}}, "
    "{{when: {other}, value: base * 0}}" + OPEN.replace("{", "{{").replace("}", "}}") + "]}}"
)
GRID = (
    "table: {{grid: [{{of: sales_kpi.points, from: [60, {edge}]}}, {{of: grade, labels: [A]}}], "
    "values: [[0], [0], [0]]}}"
)
ALERT = "alerts:\n  behind: {name: {zh: 落后, en: behind}, when: WHEN}\n"
PLAN = (
    "plans:\n  coaching: {name: {zh: 辅导, en: coaching}, when: WHEN, "
    "goal: {zh: 提高, en: better}}\n"
)
PATH = (
    "paths:\n  lead: {name: {zh: 晋升, en: step up}, from: 专员, to: 经理, when: WHEN, cycles: 4}\n"
)
FLOW = """\
workflow:
  stages: [data, checked, closed]
  transitions:
    lock: {name: {zh: 锁数, en: lock}, from: data, to: checked, cycle: lock}
    approve: {name: {zh: 批准, en: approve}, from: checked, to: closed, cycle: approve}
"""
SPARE = "    over: {name: {zh: 走, en: on}, from: spare, to: closed, by: [hr]}\n"
HARD = (
    "inputs:\n  market: {name: {zh: 市场, en: market}, unit: ratio, fixed: goals, min: 1, max: 2}\n"
)
TWO = """\
rules:
  low: {name: {zh: 低, en: low}, when: LOW, then: [{grant: GRANT1, amount: base * 0}]}
  high: {name: {zh: 高, en: high}, when: HIGH, then: [{grant: GRANT2, amount: base * 0}]}
"""


def two(low: str, high: str, grants: tuple[str, str] = ("bonus", "bonus")) -> str:
    text = TWO.replace("LOW", low).replace("HIGH", high)
    return CARD + text.replace("GRANT1", grants[0]).replace("GRANT2", grants[1])


def more(section: str, entry: str) -> str:
    """The scorecard with one entry more at the end of a section (a new one stands first)."""
    after = list(re.finditer(r"^(\w+):\n", CARD, flags=re.MULTILINE))
    place = next((i for i, each in enumerate(after) if each[1] == section), None)
    if place is None:
        return f"{section}:\n{entry}\n{CARD}"
    end = after[place + 1].start() if place + 1 < len(after) else len(CARD)
    return f"{CARD[:end]}{entry}\n{CARD[end:]}"


def rule(when: str) -> str:
    return CARD + RULE.replace("WHEN", when)


def step(table: str) -> str:
    return CARD + f"  pay: {{name: {{zh: 提成, en: pay}}, unit: money, grant: pay, {table}}}\n"


def kpi(score: str) -> str:
    return CARD.replace("cap: 120, floor: 0", score)


@dataclass(frozen=True)
class Doubt:
    """``at`` is a piece of the text whose line the finding must have; ``says`` is in its words."""

    name: str
    code: str
    bad: str
    good: str
    at: str
    says: str = ""


DOUBTS = [
    Doubt(
        "exactly 60 is nobody's",
        "lint.gap",
        two("sales_kpi.points < 60", "sales_kpi.points > 60", ("low", "high")),
        two("sales_kpi.points < 60", "sales_kpi.points >= 60", ("low", "high")),
        "  high:",
        "`sales_kpi.points` is 60.",
    ),
    Doubt(
        "a stretch between two bonuses is nobody's",
        "lint.gap",
        two("{all: [sales_kpi.points >= 60, sales_kpi.points < 70]}", "sales_kpi.points >= 80"),
        two("{all: [sales_kpi.points >= 60, sales_kpi.points < 80]}", "sales_kpi.points >= 80"),
        "  high:",
        ">= 70 … < 80",
    ),
    Doubt(
        "both bonuses above 100%",
        "lint.overlap",
        two("sales_kpi.attainment >= 100%", "sales_kpi.attainment > 100%"),
        two("sales_kpi.attainment == 100%", "sales_kpi.attainment > 100%"),
        "  high:",
        "sales_kpi.attainment: > 1",
    ),
    Doubt(
        "both rules at exactly 60",
        "lint.overlap",
        two("sales_kpi.points <= 60", "sales_kpi.points >= 60", ("low", "high")),
        two("sales_kpi.points < 60", "sales_kpi.points >= 60", ("low", "high")),
        "  high:",
        "sales_kpi.points: 60",
    ),
    Doubt(
        "grades in two bonuses",
        "lint.overlap",
        two("'grade in [A, B]'", "'grade in [B, C]'"),
        two("'grade in [A]'", "'grade in [B, C]'"),
        "  high:",
        "grade: B",
    ),
    Doubt(
        "a condition that contradicts itself",
        "lint.contradiction",
        rule("{all: [deals > 5, deals < 3]}"),
        rule("{all: [deals > 3, deals < 5]}"),
        "    when:",
        "`deals > 5 and deals < 3`",
    ),
    Doubt(
        "one way of two contradicts itself",
        "lint.contradiction",
        rule("{any: [deals > 9, {all: [grade == A, grade == B]}]}"),
        rule("{any: [deals > 9, {all: [grade == A, deals > 3]}]}"),
        "    when:",
        "grade == A and grade == B",
    ),
    Doubt(
        "beyond the cap",
        "lint.never",
        rule("sales_kpi.points > 120"),
        rule("sales_kpi.points >= 120"),
        "    when:",
        "`sales_kpi.points` is always >= 0 … <= 120",
    ),
    Doubt(
        "a grade that no total gives",
        "lint.never",
        rule("grade == A").replace("cap: 120", "cap: 99"),
        rule("grade == B").replace("cap: 120", "cap: 99"),
        "    when:",
        "B, C",
    ),
    Doubt(
        "a grade that only a veto gives",
        "lint.never",
        rule("grade == C").replace("floor: 0", "floor: 60"),
        VETO + rule("grade == C").replace("floor: 0", "floor: 60"),
        "    when: grade",
        "A, B",
    ),
    Doubt(
        "a case of an if that never comes",
        "lint.never",
        step("formula: 'if(deals < 0, base, base * 0)'"),
        step("formula: 'if(deals < 1, base * 0, base * 0)'"),
        "  pay:",
        "deals < 0",
    ),
    Doubt(
        "a comparison that decides nothing",
        "lint.always",
        rule("{all: [deals >= 0, grade == A]}"),
        rule("{all: [deals >= 1, grade == A]}"),
        "    when:",
        "`deals >= 0`",
    ),
    Doubt(
        "a row beyond the cap",
        "lint.row_unreachable",
        step("table: {of: sales_kpi.points, steps: [{from: 130, value: 0}, {value: 0}]}"),
        step("table: {of: sales_kpi.points, steps: [{from: 120, value: 0}, {value: 0}]}"),
        "  pay:",
        "`sales_kpi.points` is always >= 0 … <= 120",
    ),
    Doubt(
        "a row below what an input may be",
        "lint.row_unreachable",
        MARK + step("table: {of: mark, whole: [{to: 1, rate: 0}, {rate: 0}]}"),
        MARK + step("table: {of: mark, whole: [{to: 2, rate: 0}, {rate: 0}]}"),
        "  pay:",
        "`mark` is always >= 2",
    ),
    Doubt(
        "a grade above the cap",
        "lint.grade_unreachable",
        CARD.replace("cap: 120", "cap: 99"),
        CARD.replace("cap: 120", "cap: 100"),
        "grade: A",
        "the total is always >= 0 … <= 99",
    ),
    Doubt(
        "a grade below the floor",
        "lint.grade_unreachable",
        CARD.replace("floor: 0", "floor: 60"),
        CARD.replace("floor: 0", "floor: 59"),
        "grade: C",
    ),
    Doubt(
        "a whole-amount tier",
        "lint.cliff",
        step("table: {of: sales, whole: [{to: 80000, rate: 1.5%}, {rate: 2%}]}"),
        step("table: {of: sales, marginal: [{to: 80000, rate: 1.5%}, {rate: 2%}]}"),
        "  pay:",
        "Pay jumps by 400, from 1400 to 1800, where `sales` goes from 80000 to 80000.01",
    ),
    Doubt(
        "a bonus at a threshold",
        "lint.cliff",
        rule("deals >= 15").replace("base * 0", "base * 3"),
        rule("deals >= 15").replace("base * 0", "base / 100 * max(deals - 14, 0)"),
        "  bonus:",
        "`deals` goes from 14 to 15",
    ),
    Doubt(
        "a whole-amount tier that falls",
        "lint.pay_falls",
        step("table: {of: sales, whole: [{to: 80000, rate: 2%}, {rate: 1.5%}]}"),
        step("table: {of: sales, marginal: [{to: 80000, rate: 2%}, {rate: 1.5%}]}"),
        "  pay:",
        "Pay falls by 400, from 1800 to 1400, where `sales` gets better, from 80000 to 80000.01",
    ),
    Doubt(
        "a bonus that ends where the better one has not begun",
        "lint.pay_falls",
        two(
            "{all: [sales_kpi.attainment >= 80%, sales_kpi.attainment < 90%]}",
            "sales_kpi.attainment >= 100%",
            ("one", "two"),
        ).replace("base * 0", "base"),
        two(
            "{all: [sales_kpi.attainment >= 80%, sales_kpi.attainment < 100%]}",
            "sales_kpi.attainment >= 100%",
            ("one", "two"),
        ).replace("base * 0", "base"),
        "  low:",
        "`sales` gets better, from 89994.99 to 89995",
    ),
    Doubt(
        "a fall only for those who are far above the target",
        "lint.pay_falls",
        rule("{all: [sales_kpi.attainment >= 110%, deals < 9]}").replace("base * 0", "base / 50"),
        rule("{all: [sales_kpi.attainment >= 110%, deals >= 9]}").replace("base * 0", "base / 50"),
        "  bonus:",
        "`deals` gets better, from 8 to 9 (with sales 12",
    ),
    Doubt(
        "better where lower, and paid where higher",
        "lint.pay_falls",
        kpi("better: lower, score: {of: actual, interpolate: [[0, 0], [100000, 100]]}")
        + f"  {PAY}\n",
        kpi("better: lower, score: {of: actual, interpolate: [[0, 100], [100000, 0]]}")
        + f"  {PAY}\n",
        "  pay:",
        "`sales` gets better",
    ),
    Doubt(
        "points that dip",
        "lint.score_falls",
        kpi(DIP.format(full=90)),
        kpi(DIP.format(full=99)),
        "  sales_kpi:",
        "The total falls from 95 to 90 where `sales` gets better, from 99994.99 to 99995",
    ),
    Doubt(
        "nothing is worth less than a little where fewer are better",
        "lint.score_falls",
        kpi("better: lower, cap: 120"),
        kpi("better: lower, cap: 100"),
        "  sales_kpi:",
        "`sales` gets better, from 0.01 to 0",
    ),
    Doubt(
        "a row that the rows before take whole",
        "lint.row_unreachable",
        step(DECIDE.format(hit="first", one="deals >= 3", other="deals >= 5")),
        step(DECIDE.format(hit="first", one="deals >= 5", other="deals >= 3")),
        "  pay:",
        "Nothing is left for this row",
    ),
    Doubt(
        "two rows of which only one may hold",
        "lint.overlap",
        step(DECIDE.format(hit="unique", one="deals < 5", other="deals <= 5")),
        step(DECIDE.format(hit="unique", one="deals < 5", other="deals == 5")),
        "  pay:",
        "`pay 1` and `pay 2` hold together where deals: >= 0 … < 5",
    ),
    Doubt(
        "five deals are in no row",
        "lint.gap",
        step(DECIDE.format(hit="first", one="deals < 5", other="deals > 5")).replace(OPEN, ""),
        step(DECIDE.format(hit="first", one="deals < 5", other="deals > 5")),
        "  pay:",
        "where `deals` is 5.",
    ),
    Doubt(
        "a column of a grid beyond the cap",
        "lint.row_unreachable",
        step(GRID.format(edge=121)),
        step(GRID.format(edge=120)),
        "  pay:",
        "`sales_kpi.points` is always >= 0 … <= 120",
    ),
    Doubt(
        "a cliff on what is over the quota",
        "lint.cliff",
        step("table: {of: sales, above: base * 100, cliff: [{to: 120000, rate: 1%}, {rate: 3%}]}"),
        step("table: {of: sales, marginal: [{to: 120000, rate: 1%}, {rate: 3%}]}"),
        "  pay:",
        "`sales` goes from 120000 to 120000.01",
    ),
    Doubt(
        "the market lowers the target and raises the points",
        "lint.difficulty_twice",
        HARD + kpi("difficulty: {of: market, as: factor}, score: 'attainment * market * 100'"),
        HARD + kpi("difficulty: {of: market, as: factor}"),
        "    {name: {zh: 销售额",
    ),
    Doubt(
        "a veto that can never hold",
        "lint.never",
        CARD + "vetoes:\n  none: {name: {zh: 否, en: no}, when: deals < 0, total: 50}\n",
        CARD + "vetoes:\n  none: {name: {zh: 否, en: no}, when: deals < 1, total: 50}\n",
        "  none:",
        "deals < 0",
    ),
    Doubt(
        "a weight of zero",
        "lint.weight_zero",
        more("kpis", KPI.format(weight=0)),
        more("kpis", KPI.format(weight=1)).replace("weight: 100%", "weight: 99%"),
        "  count:",
    ),
    Doubt(
        "a KPI that tells nobody from another",
        "lint.kpi_constant",
        kpi("cap: 100, floor: 100"),
        kpi("cap: 100, floor: 0"),
        "  sales_kpi:",
        "always has 100 points",
    ),
    Doubt(
        "an alert before anything has passed",
        "lint.never",
        CARD + ALERT.replace("WHEN", "time.gone > 1"),
        CARD + ALERT.replace("WHEN", "time.gone > 0.6 and sales_kpi.points < 40"),
        "  behind:",
        "time.gone > 1",
    ),
    Doubt(
        "an alert that everybody gets",
        "lint.always",
        CARD + ALERT.replace("WHEN", "deals >= 0"),
        CARD + ALERT.replace("WHEN", "deals >= 1"),
        "  behind:",
        "nobody is",
    ),
    Doubt(
        "a suggestion for a grade's points beyond the cap",
        "lint.never",
        CARD + PLAN.replace("WHEN", "sales_kpi.points > 120"),
        CARD + PLAN.replace("WHEN", "sales_kpi.points < 60"),
        "  coaching:",
        "sales_kpi.points",
    ),
    Doubt(
        "a path that asks for more cycles than it looks at",
        "lint.never",
        CARD + PATH.replace("WHEN", "past.cycles >= 5"),
        CARD + PATH.replace("WHEN", "past.cycles >= 4"),
        "  lead:",
        "past.cycles >= 5",
    ),
    Doubt(
        "a path that asks for more than the total can be",
        "lint.never",
        CARD + PATH.replace("WHEN", "past.lowest_total >= 121"),
        CARD + PATH.replace("WHEN", "past.lowest_total >= 100"),
        "  lead:",
        "past.lowest_total",
    ),
    Doubt(
        "a stage that nothing leads to",
        "lint.stage_never_entered",
        CARD + FLOW.replace("[data, checked, closed]", "[data, checked, spare, closed]") + SPARE,
        CARD + FLOW,
        "  stages:",
        "spare",
    ),
    Doubt(
        "a stage that only a sending back leaves",
        "lint.stage_never_left",
        CARD
        + FLOW.replace("[data, checked, closed]", "[data, checked, talk, closed]")
        + "    talk: {name: {zh: 谈, en: talk}, from: checked, to: talk, by: [hr]}\n"
        + "    back: {name: {zh: 退, en: back}, from: talk, to: checked, by: [hr], reason: true}\n",
        CARD + FLOW,
        "  stages:",
        "talk",
    ),
    Doubt(
        "a deadline after which there is nothing",
        "lint.deadline_leads_nowhere",
        CARD + FLOW + "  details: {closed: {deadline: {days: 3}}}\n",
        CARD + FLOW + "  details: {checked: {deadline: {days: 3}}}\n",
        "  details:",
        "closed",
    ),
    Doubt(
        "records that are to be confirmed after the lock",
        "lint.confirmed_after_lock",
        CARD + FLOW.replace("cycle: approve", "cycle: approve, requires: [records_confirmed]"),
        CARD + FLOW.replace("cycle: lock", "cycle: lock, requires: [records_confirmed]"),
        "    approve:",
        "after the lock",
    ),
    *(
        Doubt(
            f"unused in {section}",
            "lint.unused",
            more(section, f"  spare: {{name: {{zh: 备用, en: spare}}, {entry}}}"),
            CARD,
            "  spare:",
            f"`{name}`",
        )
        for section, entry, name in [
            ("measures", "unit: count, records: call, when: day, count: records", "spare"),
            ("targets", "unit: money", "spare"),
            ("inputs", "unit: points", "spare"),
            ("constants", "unit: money, value: 1", "spare"),
            ("steps", "unit: money, formula: base * 2", "spare"),
            ("rules", "when: deals > 3, then: [{conclude: praised}]", "praised"),
        ]
    ),
]


def told(body: str) -> list[Fault]:
    text = policy(body)
    return findings(load(text, "policy.yaml"), read(text, "policy.yaml"))


@pytest.mark.parametrize("doubt", DOUBTS, ids=[each.name for each in DOUBTS])
def test_a_doubtful_policy_is_told_of_and_its_mended_twin_is_not(doubt: Doubt) -> None:
    found = [each for each in told(doubt.bad) if each.code == doubt.code]
    line = policy(doubt.bad)[: policy(doubt.bad).index(doubt.at)].count("\n") + 1
    assert [each.place.line for each in found] == [line], list(map(str, told(doubt.bad)))
    assert doubt.says in str(found[0])
    assert doubt.code not in {each.code for each in told(doubt.good)}


def test_a_policy_that_pays_by_the_piece_has_nothing_to_be_told_of() -> None:
    assert told(CARD) == []


def test_findings_come_by_position() -> None:
    body = MARK + rule("{all: [deals >= 0, grade == A]}").replace("base * 0", "base")
    places = [(each.place.line, each.place.column) for each in told(body)]
    assert len(places) == 3
    assert places == sorted(places)


def test_people_with_a_label_are_probed_too() -> None:
    """Whoever needs a label has one while pay is probed: its dip is found all the same."""
    body = f"""\
inputs:
  city: {{name: {{zh: 城市, en: city}}, unit: label, options: [north, south]}}
{CARD}\
  far: {{name: {{zh: 远, en: far}}, unit: money, grant: far, formula: "if(city == south, 1, 0)"}}
  falling:
    name: {{zh: 奖, en: falling}}
    unit: money
    grant: falling
    table: {{of: sales, marginal: [{{to: 100000, rate: 1%}}, {{rate: -1%}}]}}
"""
    assert "lint.pay_falls" in {fault.code for fault in told(body)}
