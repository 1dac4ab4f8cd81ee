"""Differences between versions: in words, and nothing left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import model
from engine.canonical import canonical_text, from_canonical
from engine.errors import KaohengError
from engine.model import Policy
from engine.policies import load
from engine.reader import Path
from engine.sheets.edit import edited
from engine.telling.difference import Difference, differences
from engine.telling.terms import PARTS, SECTIONS
from tests.engine.helping import POLICIES
from tests.engine.test_tables import EVERY

TEXT = (POLICIES / "sales-quarterly" / "policy.yaml").read_text(encoding="utf-8")
POLICY = load(TEXT, "policy.yaml")


def worded(difference: Difference) -> str:
    name = difference.name.zh if difference.name else ""
    parts = " ".join(part.message.format(**part.params) for part in difference.parts)
    said = [difference.section.message, name, parts, difference.change]
    shown = [
        each.zh if isinstance(each, model.Bilingual) else str(each or "–")
        for each in (difference.before, difference.after)
    ]
    return " | ".join([*(each for each in said if each), " → ".join(shown)])


def after(changes: dict[Path, str | None]) -> Policy:
    return load(edited(TEXT, changes), "policy.yaml")


GRADES = {"grades": 1}
CASES: dict[str, tuple[dict[Path, str | None], list[str]]] = {
    "weights": (
        {("kpis", "won_revenue", "weight"): "35%", ("kpis", "win_rate", "weight"): "0.2"},
        [
            "KPI | 销售额达成 | Weight | changed | 40% → 35%",
            "KPI | 赢单率 | Weight | changed | 15% → 20%",
        ],
    ),
    "a grade's edge": (
        {("grades", 1, "from"): "95"},
        ["Grade | A 优秀 | Lower edge | changed | 100 → 95"],
    ),
    "a row's points": (
        {("kpis", "new_customers_agent", "score", "steps", 1, "points"): "90"},
        ["KPI | 新客户 | Scoring row 2 Points | changed | 100 → 90"],
    ),
    "a tier's rate": (
        {("steps", "full_commission", "table", "marginal", 0, "rate"): "1.2%"},
        ["Step of the calculation | 累进提成 | Table row 1 Rate | changed | 1% → 1.2%"],
    ),
    "a target as a share": (
        {("kpis", "win_rate", "target"): "65%"},
        ["KPI | 赢单率 | Target | changed | 60% → 65%"],
    ),
    "a company figure": (
        {("targets", "revenue_target", "company", "2017-Q4"): "2900000"},
        ["Target | 销售额目标 | Company's figure 2017-Q4 | changed | 2800000 → 2900000"],
    ),
    "a new period": (
        {("targets", "revenue_target", "company", "2018-Q1"): "1"},
        ["Target | 销售额目标 | Company's figure 2018-Q1 | added | – → 1"],
    ),
    "a rule's threshold": (
        {("rules", "new_customer_award", "when"): "new_customers_agent.actual >= 6"},
        [
            "Rule | 新客户奖 | Condition | changed | "
            "new_customers_agent.actual >= 5 → new_customers_agent.actual >= 6"
        ],
    ),
    "a cap taken away": (
        {("kpis", "won_revenue", "cap"): None},
        ["KPI | 销售额达成 | Cap | removed | 150 → –"],
    ),
    "a rounding": ({("rounding", "money"): "0"}, ["Rounding | Money | changed | 2 → 0"]),
    "a rule taken away": (
        {("rules", "new_customer_award"): None},
        ["Rule | 新客户奖 | removed | – → –"],
    ),
    "who may move": (
        {("workflow", "transitions", "submit_result", "by", 2): "manager"},
        [
            "Transition | 提交审批 | By | changed | "
            "hr, hr_region, sales_director → hr, hr_region, manager"
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_in_words(name: str) -> None:
    changes, wanted = CASES[name]
    assert [worded(each) for each in differences(POLICY, after(changes))] == wanted


def test_order_is_a_difference() -> None:
    canonical = json.loads(canonical_text(POLICY))
    canonical["kpis"].reverse()
    (found,) = differences(POLICY, from_canonical(json.dumps(canonical)))
    assert found.parts[0].message == "Order"


def scalars(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from scalars(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from scalars(inner, (*path, place))
    else:
        yield path


CANONICAL = {
    name: canonical_text(
        load((POLICIES / name / "policy.yaml").read_text(encoding="utf-8"), "policy.yaml")
    )
    for name in ("demo-quarterly", "sales-quarterly")
}
CANONICAL["tables"] = canonical_text(load(EVERY, "policy.yaml"))
PLACES = [(name, path) for name, text in CANONICAL.items() for path in scalars(json.loads(text))]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(["7", "x", "exact", "total", True, 3]))
def test_a_changed_scalar_is_a_difference(where: tuple[str, tuple[Any, ...]], new: Any) -> None:
    name, path = where
    before = from_canonical(CANONICAL[name])
    data = json.loads(CANONICAL[name])
    inner = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = new
    try:
        changed = from_canonical(json.dumps(data))
    except KaohengError:
        return  # not a policy's canonical form
    assert bool(differences(before, changed)) == (before != changed)
    assert differences(before, before) == ()


def test_every_field_of_the_model_has_its_word() -> None:
    written = vars(model)
    kinds = [each for each in written.values() if isinstance(each, type) and is_dataclass(each)]
    names = {
        each.name
        for kind in kinds
        if kind not in (model.Policy, model.Bilingual, model.Workflow, model.Row)
        for each in fields(kind)
    } - {"code"}
    assert names <= set(PARTS)
    assert {each.name for each in fields(Policy)} <= set(SECTIONS) | set(PARTS)
