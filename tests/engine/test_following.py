"""Alerts, suggestions for plans and career paths: conditions, with their edges."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest

from engine.canonical import canonical_text, from_canonical
from engine.cells import typed
from engine.facts import wanted
from engine.following import alerts_of, eligible, suggestions_of
from engine.model import Policy
from engine.policies import load
from engine.telling.difference import differences
from engine.telling.values import values_of
from tests.engine.broken.bombs import BASE

SECTIONS = """\
alerts:
  behind:
    name: {zh: 进度落后, en: behind the pace}
    when: {all: ["time.gone >= 60%", "revenue.attainment < 40%"]}
    to: [owner, manager, hr]
    often: worse
    gauge: revenue.attainment - time.gone
    step: 10%
  idle: {name: {zh: 没有赢单, en: no deal}, when: time.gone >= 25% and won == 0}
plans:
  coaching:
    name: {zh: 转化辅导, en: coaching on conversion}
    when: rate.attainment < 80%
    kpi: rate
    goal: {zh: 提高赢单率, en: win more}
    training: {zh: 需求访谈, en: asking what is needed}
    mentor: true
    weeks: 8
paths:
  lead:
    name: {zh: 晋升经理, en: to manager}
    from: 专员
    to: 经理
    when: past.cycles >= 4 and past.mean_total >= 100 and past.bottom_grades == 0
    cycles: 4
"""
POLICY = load(BASE + SECTIONS, "policy.yaml")


def facts(policy: Policy, **given: str) -> object:
    row = {want.name: given.get(want.name, "1") for want in wanted(policy)}
    row |= {"person": "P", "team": "T", "calibrated_grade": ""}
    return typed(wanted(policy), [row], "facts")


ALERTS = [
    # gone, revenue of a target of 1,000, deals won: what is told
    ("0.6", "399.9", "1", {"behind": "-0.2001"}),
    ("0.6", "400", "1", {}),
    ("0.5999", "0", "1", {}),
    ("1", "0", "0", {"behind": "-1", "idle": None}),
    ("0.25", "900", "0", {"idle": None}),
    ("0", "0", "0", {}),
]


@pytest.mark.parametrize(("gone", "revenue", "won", "told"), ALERTS)
def test_an_alert_holds_exactly_where_it_says(
    gone: str, revenue: str, won: str, told: dict[str, str | None]
) -> None:
    given = facts(POLICY, revenue=revenue, aim="1000", won=won, closed="5")
    found = alerts_of(POLICY, given, Decimal(gone))  # type: ignore[arg-type]
    assert {each.code: each.gauge for each in found} == {
        code: None if gauge is None else Decimal(gauge) for code, gauge in told.items()
    }


def test_an_alert_keeps_the_figures_that_it_names() -> None:
    given = facts(POLICY, revenue="100", aim="1000")
    (held,) = alerts_of(POLICY, given, Decimal("0.75"))  # type: ignore[arg-type]
    assert held.figures == {"time.gone": Decimal("0.75"), "revenue.attainment": Decimal("0.1")}


@pytest.mark.parametrize(
    ("won", "closed", "suggested"),
    [("39", "100", ["coaching"]), ("40", "100", []), ("0", "0", [])],
)
def test_low_conversion_suggests_coaching(won: str, closed: str, suggested: list[str]) -> None:
    """The target is 50%: 39% is below 80% of it, 40% is not; no deal closed says nothing."""
    given = facts(POLICY, won=won, closed=closed)
    found = suggestions_of(POLICY, given, Decimal("0.5"))  # type: ignore[arg-type]
    assert [each.code for each in found] == suggested


PATHS = [
    ({"past.cycles": "4", "past.mean_total": "100", "past.bottom_grades": "0"}, True),
    ({"past.cycles": "4", "past.mean_total": "99.9999", "past.bottom_grades": "0"}, False),
    ({"past.cycles": "3", "past.mean_total": "120", "past.bottom_grades": "0"}, False),
    ({"past.cycles": "4", "past.mean_total": "120", "past.bottom_grades": "1"}, False),
    ({"past.cycles": "0"}, False),
]


@pytest.mark.parametrize(("past", "holds"), PATHS)
def test_a_path_looks_at_past_results(past: dict[str, str], holds: bool) -> None:
    found = eligible(POLICY, POLICY.paths[0], [{"person": "P", **past}])
    assert bool(found) is holds


def test_they_are_kept_compared_and_told_like_all_else() -> None:
    assert from_canonical(canonical_text(POLICY)) == POLICY
    plain = load(BASE, "policy.yaml")
    told = {each.field for each in differences(plain, POLICY)}
    assert told == {"alerts.behind", "alerts.idle", "plans.coaching", "paths.lead"}
    values = values_of(POLICY)
    assert {"alerts.behind.step", "plans.coaching.weeks", "paths.lead.from"} <= set(values)


def test_a_policy_without_them_is_written_as_before() -> None:
    plain = load(BASE, "policy.yaml")
    names = {each.name for each in fields(Policy)}
    assert {"alerts", "plans", "paths"} <= names
    for section in ("alerts", "plans", "paths"):
        assert section not in canonical_text(plain)
