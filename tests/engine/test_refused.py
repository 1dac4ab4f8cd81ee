"""Broken rule files: each refused, at the right line, with something to do about it."""

from __future__ import annotations

import re
import time

import pytest

from engine.errors import KaohengError
from engine.policies import load
from tests.engine.helping import POLICIES, faults_of, policy

GOOD = (POLICIES / "sales-quarterly" / "policy.yaml").read_text(encoding="utf-8")


def line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def changed(old: str, new: str) -> tuple[str, int]:
    """The shipped policy with one thing changed, and the line of the change."""
    assert GOOD.count(old) >= 1
    return GOOD.replace(old, new, 1), line_of(GOOD, old)


# what is changed → the code that must be given at that line
ONE_FAULT = [
    ("    weight: 40%", "    weight: 40", "rules.number_range"),
    ("    weight: 40%", "    weight: forty", "rules.number"),
    ("    actual: won_revenue", "    actual: won_revenu", "rules.unknown_name"),
    ("    target: revenue_target", "    target: revenue_targets", "rules.unknown_name"),
    ("    better: lower", "    better: smaller", "rules.choice"),
    (
        "    score: attainment\n    cap: 150",
        "    score: attainmen\n    cap: 150",
        "rules.unknown_name",
    ),
    (
        "    score: attainment\n    cap: 150",
        "    score: attainment *\n    cap: 150",
        "rules.formula",
    ),
    ("    cap: 150", "    capp: 150", "rules.unknown_key"),
    ("currency: USD", "currency: DOLLAR", "rules.currency"),
    ("period: quarter", "period: fortnight", "rules.choice"),
    ("policy: sales-quarterly", "policy: Sales Quarterly", "rules.policy_name"),
    ("scope: {role: salesperson}", "scope: everyone", "rules.mapping"),
    ("language: 1", "language: 2", "rules.number_range"),
    ("language: 1", "langauge: 1", "rules.unknown_key"),
    ("ratio: [won_deals, closed_deals]", "ratio: [won_deals, close_deals]", "rules.unknown_name"),
    ("sum: amount, ", "", "rules.measure_kind"),
    ("sum: amount, ", "sum: amount, count: records, ", "rules.measure_kind"),
    ("sum: amount, unit: money", "sum: amount, unit: dollars", "rules.choice"),
    ("first: customer, by: person, ", "first: customer, ", "rules.first_by"),
    ("2017-Q4: 2800000", "2017-Q4: -5", "rules.number_range"),
    ("2017-Q4: 2800000", "2017-Q4: 1e9", "rules.number"),
    ("  - {grade: A, from: 100", "  - {grade: A, from: 112", "rules.grade_order"),
    ("  - {grade: A, from: 100", "  - {grade: S, from: 100", "rules.grade_twice"),
    ("  - {grade: D, from: 0,", "  - {grade: D, from: 1,", "rules.grade_gap"),
    ("  - {grade: D, from: 0, coefficient: 0,", "  - {grade: D, from: 0,", "rules.missing"),
    ('"grade in [S, A]"', '"grade in [S, X]"', "rules.unknown_grade"),
    ('"won_revenue.attainment >= 100%"', '"won_revenue.attainmant >= 100%"', "rules.unknown_name"),
    ('"won_revenue.attainment >= 100%"', '"customers.attainment >= 100%"', "rules.unknown_name"),
    ('"won_revenue.attainment >= 100%"', '"won_revenue.attainment >="', "rules.formula"),
    ('"won_revenue.attainment >= 100%"', '"won_revenue.attainment + 1"', "rules.not_a_condition"),
    ("when: new_customers_agent.actual >= 5", "when: []", "rules.condition"),
    ("amount: bonus_base * coefficient", "amount: bonus_base / coefficient", "rules.division"),
    ("amount: bonus_base * coefficient", "amount: bonus_base * grade", "rules.not_a_number"),
    ("amount: bonus_base * coefficient", "amount: bonus_base + won_days", "rules.units"),
    ("amount: bonus_base * coefficient", "amount: won_days * coefficient", "rules.unit_declared"),
    ("amount: bonus_base * coefficient", "amount: system('rm')", "rules.formula"),
    ("amount: bonus_base * coefficient", "amount: bonus_base.__class__", "rules.unknown_name"),
    ("      - conclude: reduced_rate", "      - conclude: reduced_rat", None),
    ("marginal: [{to: 50000", "marginal: [{to: 500000", "rules.table_order"),
    ("{rate: 2%}]}", "{to: 900000, rate: 2%}]}", "rules.table_gap"),
    ("{from: 3, points: 100}", "{from: 7, points: 100}", "rules.table_order"),
    ("{from: 3, points: 100}", "{from: 3}", "rules.row"),
    (
        "formula: if(reduced_rate, full_commission * 80%, full_commission)",
        "formula: commission + 1",
        "rules.circle",
    ),
    (
        "rounding: {attainment: 4, points: 2, total: 2, money: 2}",
        "rounding: {attainment: 11}",
        "rules.number_range",
    ),
    (
        "rounding: {attainment: 4, points: 2, total: 2, money: 2}",
        "rounding: {money: 3}",
        "rules.money_places",
    ),
    ("compare: exact", "compare: roughly", "rules.choice"),
    ("    share: score", "    share: contribution", "rules.unknown_name"),
    ("from: feedback, to: closed", "from: feedback, to: archive", "rules.unknown_word"),
    ("reason: true}", "reason: maybe}", "rules.flag"),
    ("  full_commission:\n", "  won_deals:\n", "rules.twice"),
    ("  full_commission:\n", "  Full-Commission:\n", "rules.name"),
    ("  full_commission:\n", "  total:\n", "rules.name"),
    ("name: {zh: 累进提成, en: tiered commission}", "name: tiered commission", "rules.mapping"),
    ("name: {zh: 累进提成, en: tiered commission}", "name: {zh: 累进提成}", "rules.missing"),
]


@pytest.mark.parametrize(
    ("old", "new", "code"), ONE_FAULT, ids=[f"{new.strip()[:30]}" for _, new, _ in ONE_FAULT]
)
def test_one_fault_is_refused_at_its_line(old: str, new: str, code: str | None) -> None:
    text, line = changed(old, new)
    found = faults_of(text)
    assert found
    if code is not None:
        within = range(line, line + max(old.count("\n"), 1) + 2)
        assert code in [each for each, at in found if at in within], found


def test_weights_that_sum_to_99_are_refused_with_their_sum() -> None:
    text, _ = changed("    weight: 40%", "    weight: 39%")
    with pytest.raises(KaohengError) as caught:
        load(text, "policy.yaml")
    (fault,) = caught.value.faults
    assert str(fault) == (
        f"policy.yaml:{line_of(text, 'kpis:') + 1}:3 (kpis): The weights sum to 99%, not to 100%. "
        "Change them until they sum to 100%."
    )


def test_a_duplicate_key_names_both_lines() -> None:
    text = policy("inputs: {}\nsteps: {}\ninputs: {}\n")
    with pytest.raises(
        KaohengError, match=r"policy.yaml:9:1: `inputs` is given twice, in lines 7 and 9"
    ):
        load(text, "policy.yaml")


READING = [
    ("steps:\n\tpay: 1\n", "rules.tab", 8),
    ("steps: &a [*a]\n", "rules.alias", 7),
    ("steps: &a\n  x: 1\n", "rules.anchor", 7),
    ("steps: !!python/object/apply:os.system [x]\n", "rules.tag", 7),
    ("steps: {a: 1\n", "rules.yaml", 8),
    ("steps: \x07\n", "rules.control_character", 7),
    ("---\nlanguage: 1\n", "rules.documents", 7),
    ("steps: " + "[" * 400 + "]" * 400 + "\n", "rules.too_big", 7),
    ("steps: [" + "1," * 200_000 + "1]\n", "rules.too_big", 7),
    ("steps: " + "9" * 5_000 + "\n", "rules.long_text", 7),
    ("total: {cap: " + "9" * 300 + "}\n", "rules.number", 7),
    ("? [a]\n: 1\n", "rules.key", 7),
]


@pytest.mark.parametrize(("body", "code", "line"), READING, ids=[code for _, code, _ in READING])
def test_what_cannot_be_read(body: str, code: str, line: int) -> None:
    assert (code, line) in faults_of(policy(body))


@pytest.mark.parametrize(
    "text", ["", "just text", "- a\n- b\n", "null", "x" * 3_000_000], ids=str.__len__
)
def test_what_is_no_policy_at_all(text: str) -> None:
    assert len(faults_of(text)) == 1


def test_bombs_are_refused_quickly() -> None:
    laughs = "a: &a [x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(20)
    )
    deep = "[" * 900_000
    formula = policy(
        "steps:\n  x: {name: {zh: a, en: a}, unit: money, formula: " + "(" * 3_000 + "1}\n"
    )
    wide = policy(
        "steps:\n  x: {name: {zh: a, en: a}, unit: money, formula: " + "1" + "+1" * 1_900 + "}\n"
    )
    started = time.monotonic()
    for text in (laughs, deep, formula):
        assert faults_of(text)
    faults_of(wide)
    assert time.monotonic() - started < 4


def test_all_faults_come_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("    better: lower", "    better: smaller").replace(
        "    cap: 150", "    capp: 150"
    )
    text = text.replace("currency: USD", "currency: DOLLAR")
    found = faults_of(text)
    assert [code for code, _ in found] == ["rules.currency", "rules.unknown_key", "rules.choice"]
    assert [line for _, line in found] == sorted(line or 0 for _, line in found)


def test_a_misspelt_name_comes_with_the_nearest_known_one() -> None:
    with pytest.raises(KaohengError) as caught:
        load(GOOD.replace("won_revenue, marginal", "won_revenu, marginal"), "policy.yaml")
    assert re.search(
        r"policy.yaml:\d+:\d+ \(steps.full_commission.table.of\): There is no `won_revenu` in this "
        r"policy. Did you mean `won_revenue`\?",
        str(caught.value),
    )


def test_faults_of_every_kind_come_together() -> None:
    text = GOOD.replace("    weight: 40%", "    weight: 39%")  # between entries
    text = text.replace("    target: deals_target", "    target: deals_targets")  # a name
    text = text.replace(
        "compare: exact", "compare: roughly"
    )  # a word, so that the pool is unreadable
    text += "period: month\n"  # a key given twice
    assert [code for code, _ in faults_of(text)] == [
        "rules.unknown_name",
        "rules.choice",
        "rules.duplicate_key",
    ]
    readable = text.replace("compare: roughly", "compare: exact")
    readable = readable.replace("fund: 5% * (", "fund: 5% * (revenu + ")
    assert [code for code, _ in faults_of(readable)] == [
        "rules.weights",
        "rules.unknown_name",
        "rules.unknown_name",
        "rules.duplicate_key",
    ]


def test_what_refers_to_an_unreadable_entry_is_not_held_against_the_file() -> None:
    text = GOOD.replace("    better: lower", "    better: smaller")
    text = text.replace("sum: list_price, unit: money", "sum: list_price, unit: dollars")
    text = text.replace("grant: training, course:", "grant: training, cours:")
    assert [code for code, _ in faults_of(text)] == [
        "rules.choice",
        "rules.choice",
        "rules.unknown_key",
    ]
