"""What an explanation says of a rule that does not hold, and of formulas, in the reader's words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.compiling.conditions import pushed
from engine.forms.scorecard import definitions
from engine.language.expression import parse
from engine.language.wording import WORDS, spell
from engine.model import Grade
from engine.telling.describe import Wording, described
from engine.telling.explain import Check, Group, explain
from engine.telling.shortfall import Shortfall, shortfall
from tests.engine.helping import policy, scored, version

D = Decimal
GRADES = tuple(
    Grade(code, D(start), D(1)) for code, start in (("S", 120), ("好", 100), ("B", 80), ("C", 0))
)
ROW = {
    "total": D("83.5"),
    "grade": "B",
    "final_grade": "B",
    "calibrated_grade": None,
    "won": D(4),
    "lost": D(0),
    "pay": D("1000.50"),
    "unknown": None,
}
SHORT = [
    ("won >= 5", Shortfall(D(1), "won")),
    ("5 <= won", Shortfall(D(1), "won")),
    ("won > 4", Shortfall(D(0), "won")),
    ("not (won < 5)", Shortfall(D(1), "won")),
    ("won * 2 >= 9", Shortfall(D(1))),
    ("won / 3 >= 2", Shortfall(D("0.6666666667"))),
    ("pay * 10% - 1 >= 100", Shortfall(D("0.95"))),
    ("max(won, lost) + min(won, 3) >= clamp(won, 9, 10)", Shortfall(D(2))),
    ("round(pay, 0) >= abs(-2000)", Shortfall(D(999))),
    ("divide(won, lost, 7) >= 8", Shortfall(D(1))),
    ("won / lost >= 8", Shortfall()),
    ("if(won > 1, 2, 3) >= 8", Shortfall()),
    ("unknown >= 8", Shortfall()),
    ("grade in [S, '好']", Shortfall(name="grade", grades=1, points=D("16.5"))),
    ("grade == S", Shortfall(name="grade", grades=2, points=D("36.5"))),
    # fewer points would do: that is nothing to reach for
    ("grade == C", Shortfall(name="grade", grades=1)),
    ("grade != B", Shortfall(name="grade", grades=1, points=D("16.5"))),
    ("grade not in [S, '好', B]", Shortfall(name="grade", grades=1)),
]


@pytest.mark.parametrize(("text", "wanted"), SHORT)
def test_by_how_much_a_comparison_fails(text: str, wanted: Shortfall) -> None:
    assert shortfall(pushed(parse(text)), ROW, GRADES) == wanted


def test_no_points_lead_from_a_calibrated_grade() -> None:
    row = ROW | {"final_grade": "C", "calibrated_grade": "C"}
    assert shortfall(parse("grade == B"), row, GRADES) == Shortfall(name="grade", grades=1)


RULES = policy("""\
inputs:
  won: {name: {zh: 赢单数, en: won}, unit: count}
  calls: {name: {zh: 电话数, en: calls}, unit: count, default: 0}
kpis:
  deals: {name: {zh: 赢单, en: deals}, actual: won, target: 10, weight: 60%, score: attainment, cap: 120}
  phone: {name: {zh: 电话, en: calls}, actual: calls, target: calls, weight: 40%, score: attainment}
grades: [{grade: 优, from: 100, coefficient: 1.5}, {grade: 良, from: 0, coefficient: 1}]
rules:
  some:
    name: {zh: 奖, en: some}
    when: {any: ["grade in ['优']", {all: ["won >= 5", {not: "calls < 100"}]}]}
    then: [{grant: bonus, amount: "if(won >= 9 and calls > 1, 5, min(2, 3))"}]
""")  # noqa: E501 (a policy's lines)


def test_a_rule_says_which_of_its_conditions_fail() -> None:
    of = version(RULES)
    row = {"person": "A", "team": "", "won": "6", "calls": "0", "calibrated_grade": ""}
    (decision,) = explain(of, scored(of, [row]), "A").decisions
    assert decision.asks == Group(
        "any",
        False,
        (
            Check(
                "grade in ['优']",
                "良 in ['优']",
                False,
                Shortfall(name="grade", grades=1, points=D(40)),
            ),
            Group(
                "all",
                False,
                (
                    Check("won >= 5", "6 >= 5", True, Shortfall()),
                    Check("calls >= 100", "0 >= 100", False, Shortfall(D(100), "calls")),
                ),
            ),
        ),
    )
    assert [check.holds for check in decision.checks] == [False, True, False]


def test_formulas_are_said_in_the_readers_words() -> None:
    words = "且 或 非 属于 不属于 较小 较大 舍入 限 如果 除 绝对 知道 下 上"
    chinese = dict(zip(WORDS, words.split(), strict=True))
    said = Wording(say=lambda message, **params: chinese.get(message, message).format(**params))
    of = version(RULES)
    row = {"person": "A", "team": "", "won": "6", "calls": "0", "calibrated_grade": ""}
    found = {each.name: each for each in explain(of, scored(of, [row]), "A", said).steps}
    assert found["rule.some.amount1"].formula == "如果(won >= 9 且 calls > 1, 5, 较小(2, 3))"
    assert found["deals.points"].formula == "较小(deals.attainment * 100, 120)"
    # calls have no target, and deals take their weight
    assert found["total"].formula == "(deals.points * 0.6 + phone.points * 0.4) / 1"
    assert found["total"].filled == "(60 * 0.6) / 0.6"
    assert found["grade"].filled == "60 → [优 ≥ 100; 良]"
    text = "not (a in [S] or b not in [S, A]) and -c > 1"
    assert spell(parse(text), say=chinese.__getitem__) == (
        "非 (a 属于 [S] 或 b 不属于 [S, A]) 且 -c > 1"
    )


def test_every_definition_of_every_kind_can_be_described() -> None:
    for each in definitions(version(RULES).policy):
        assert all(described(each.what, {}))
