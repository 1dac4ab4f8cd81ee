"""What is in the library: every KPI and every template is right, tested and said in both languages.

A KPI's file is tried by itself, as a policy of nothing else.
"""

from __future__ import annotations

import re

import pytest

from engine.cases import load_cases, run_cases
from engine.compile import compile_policy
from engine.coverage import coverage
from engine.lint import findings
from engine.policies import load
from engine.reader import read
from engine.sheets.edit import edited
from workflows.library.adding import FIGURES, with_kpi
from workflows.library.kpis import ABOUT, LibraryKpi, library_kpis
from workflows.library.templates import EMPTY, Template, template_of, templates

KPIS = {kpi.code: kpi for kpi in library_kpis()}
TEMPLATES = {each.code: each for each in templates()}
WHOLE = [each for each in templates() if each.code != EMPTY]
# What is doubtful in a template and meant: why is in docs/library.md.
MEANT = {
    ("lint.cliff", "steps.performance_bonus"),
    ("lint.cliff", "rules.new_customer_award"),
    ("lint.score_falls", "kpis.resolution_days"),
}
# Alone, these cannot come to the highest grade of the empty template: they end at 100 points.
ENDS_AT_100 = ("activities", "report_quality", "reports_on_time", "teamwork")
NEEDED = {
    "revenue", "growth", "conversion", "win_rate", "retention", "new_customers", "satisfaction",
    "market_share", "sales_cost", "clv", "cac", "collection", "activities", "teamwork",
}  # fmt: skip


def alone(kpi: LibraryKpi) -> str:
    text, name = with_kpi(template_of(EMPTY).written, kpi, kpi.code)
    assert name == kpi.code
    return edited(text, {("kpis", name, "weight"): "100%"})


def own_cases(kpi: LibraryKpi) -> str:
    return f"language: 1\npolicy: {EMPTY}\n{kpi.text[kpi.text.index('cases:') :]}"


def test_the_kpis_that_are_asked_for_are_there() -> None:
    assert set(KPIS) >= NEEDED
    assert {kpi.group.zh for kpi in KPIS.values()} >= {"业绩类", "客户类", "活动类"}


@pytest.mark.parametrize("kpi", KPIS.values(), ids=list(KPIS))
def test_a_kpi_says_what_it_is_in_both_languages(kpi: LibraryKpi) -> None:
    said = [kpi.name, kpi.group, *(kpi.about[key] for key, _ in ABOUT)]
    assert all(re.search("[\u4e00-\u9fff]", each.zh) for each in said)
    assert all(each.en and not re.search("[\u4e00-\u9fff]", each.en) for each in said)


@pytest.mark.parametrize("kpi", KPIS.values(), ids=list(KPIS))
def test_a_kpi_is_right_by_itself(kpi: LibraryKpi) -> None:
    text = alone(kpi)
    policy, cases = load(text, kpi.code), load_cases(own_cases(kpi), kpi.code)
    assert run_cases(compile_policy(policy), cases) == []
    doubts = [each.code for each in findings(policy, read(text, kpi.code))]
    assert doubts == (["lint.grade_unreachable"] if kpi.code in ENDS_AT_100 else [])
    reached = coverage(policy, cases, read(text, kpi.code))
    missed = [each.place.path or "" for each in reached.unreached]
    assert [path for path in missed if not path.startswith("grades")] == []


def test_no_code_of_a_figure_is_a_records_field() -> None:
    """A figure's code is renamed wherever it is named, so no field may be called the same."""
    fields = {"stage", "status", "amount", "customer", "category", "reopened", "actual", "round"}
    codes = {code for kpi in KPIS.values() for section in FIGURES
             for code in (kpi.tree.root.plain().get(section) or {})}  # fmt: skip
    assert not codes & fields


@pytest.mark.parametrize("template", WHOLE, ids=[each.code for each in WHOLE])
def test_a_template_is_right(template: Template) -> None:
    policy, tree = template.policy, read(template.written, template.code)
    cases = load_cases(template.cases or "", template.code)
    assert len(cases) >= 6
    assert run_cases(compile_policy(policy), cases) == []
    assert [each.place.path for each in coverage(policy, cases, tree).unreached] == []
    assert {(each.code, each.place.path) for each in findings(policy, tree)} <= MEANT


def test_the_empty_template_has_grades_a_workflow_and_no_doubt() -> None:
    empty = template_of(EMPTY)
    assert (empty.policy.kpis, bool(empty.policy.grades)) == ((), True)
    assert findings(empty.policy, read(empty.written, EMPTY)) == []
    assert templates()[-1] == empty


@pytest.mark.parametrize("template", WHOLE, ids=[each.code for each in WHOLE])
def test_one_definition_for_everyone(template: Template) -> None:
    """A measure of a template is the one of the library's KPIs that has its code."""
    written = read(template.written, template.code).root.plain()
    known = {
        code: entry
        for kpi in KPIS.values()
        for code, entry in (kpi.tree.root.plain().get("measures") or {}).items()
    }
    for code, entry in (written.get("measures") or {}).items():
        assert entry == known[code], code


def test_choosing_a_template_swaps_the_kpi() -> None:
    b2b, b2c = ({kpi.code for kpi in TEMPLATES[f"account-manager-{kind}"].policy.kpis}
                for kind in ("b2b", "b2c"))  # fmt: skip
    assert "clv" in b2b - b2c
    assert "cac" in b2c - b2b
