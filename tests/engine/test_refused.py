"""Broken rule files: each refused, at the right line, with something to do about it."""

from __future__ import annotations

import re

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


@pytest.mark.parametrize(
    "text", ["", "just text", "- a\n- b\n", "null", "x" * 3_000_000], ids=str.__len__
)
def test_what_is_no_policy_at_all(text: str) -> None:
    assert len(faults_of(text)) == 1


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
