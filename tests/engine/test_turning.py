"""Where two results part: the values that were made otherwise, and what of the policy did it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest

from engine.compile import compile_policy
from engine.evaluate import evaluate
from engine.policies import load
from engine.reader import Path
from engine.sheets.edit import edited
from engine.telling.difference import differences
from engine.telling.turning import turns

POLICY = """\
language: 1
policy: small
name: {zh: 小方案, en: Small}
period: quarter
currency: CNY
scope: {role: salesperson}
inputs:
  sales: {name: {zh: 销售额, en: Sales}, unit: money, min: 0, max: 1_000_000}
  calls: {name: {zh: 拜访, en: Calls}, unit: count, min: 0, max: 1000}
constants:
  base: {name: {zh: 基数, en: Base}, unit: money, value: 1000}
  unused: {name: {zh: 不用, en: Unused}, unit: money, value: 1}
kpis:
  sales:
    name: {zh: 销售, en: Sales}
    actual: sales
    target: 100_000
    weight: 60%
    score: attainment
    cap: 120
  calls:
    name: {zh: 拜访, en: Calls}
    actual: calls
    target: 100
    weight: 40%
    score: attainment
    cap: 120
grades:
  - {grade: A, from: 90, coefficient: 1.2, name: {zh: 好, en: Good}}
  - {grade: B, from: 0, coefficient: 1, name: {zh: 一般, en: Fair}}
rules:
  bonus:
    name: {zh: 奖金, en: Bonus}
    when: grade in [A]
    then: [{grant: bonus, amount: base * coefficient}]
"""


@dataclass(frozen=True)
class Case:
    """A change, and which values part by which entries: of who has an A, and of who has not."""

    changes: dict[Path, str | None]
    good: dict[str, set[str]]
    fair: dict[str, set[str]]


CASES = {
    "a base that only a bonus is made of": Case(
        {("constants", "base", "value"): "2000"}, {"base": {"base"}}, {}
    ),
    "a constant that nothing is made of": Case({("constants", "unused", "value"): "2"}, {}, {}),
    "weights": Case(
        {("kpis", "sales", "weight"): "50%", ("kpis", "calls", "weight"): "50%"},
        {"total": {"sales", "calls"}},
        {"total": {"sales", "calls"}},
    ),
    "a target": Case(
        {("kpis", "calls", "target"): "80"},
        {"calls.target": {"calls"}},
        {"calls.target": {"calls"}},
    ),
    "a grade's edge": Case({("grades", 0, "from"): "105"}, {"grade": {"A"}}, {}),
    "a coefficient": Case({("grades", 0, "coefficient"): "1.5"}, {"coefficient": {"A"}}, {}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_where_results_part(case: Case) -> None:
    policies = [load(text, "small") for text in (POLICY, edited(POLICY, case.changes))]
    facts = pl.DataFrame(
        {"person": ["fair", "good"], "sales": [50_000, 110_000], "calls": [60, 90]}
    )
    versions = [compile_policy(policy) for policy in policies]
    frames = [evaluate(version, facts).frame.rows(named=True) for version in versions]
    changes = differences(*policies)
    fair, good = (
        {
            turn.name: {each.code for each in turn.because}
            for turn in turns(versions[0], versions[1], (before, after), changes)
        }
        for before, after in zip(*frames, strict=True)
    )
    assert (fair, good) == (case.fair, case.good)
