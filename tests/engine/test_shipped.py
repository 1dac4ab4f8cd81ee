"""The policies that are shipped: their own cases, and the properties that an auditor asks for."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from engine import canonical
from engine.canonical import canonical_text, digest, from_canonical
from engine.cases import load_cases, run_cases
from engine.errors import KaohengError
from engine.evaluate import evaluate
from engine.grants import grant_lines
from engine.policies import load
from engine.telling.explain import explain
from engine.telling.shortfall import Shortfall
from tests.engine.helping import POLICIES, scored, shipped

NAMES = sorted(folder.name for folder in POLICIES.iterdir())
PERSON = {
    "won_revenue": "80000",
    "list_revenue": "80000",
    "won_deals": "30",
    "lost_deals": "20",
    "closed_deals": "50",
    "won_days": "1500",
    "new_customers_agent": "3",
    "revenue_target": "80000",
    "deals_target": "30",
}


def person(code: str, team: str = "T", **changed: str) -> dict[str, str]:
    return {"person": code, "team": team, **PERSON, **changed}


@pytest.mark.parametrize("name", NAMES)
def test_its_cases_hold(name: str) -> None:
    path = POLICIES / name / "cases.yaml"
    cases = load_cases(path.read_text(encoding="utf-8"), str(path))
    assert cases
    assert run_cases(shipped(name), cases) == []


def test_a_case_that_does_not_hold_is_told() -> None:
    path = POLICIES / "managers-quarterly" / "cases.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "M: {bonus: 4800}", "M: {bonus: 4801, honour: given}"
    )
    found = run_cases(shipped("managers-quarterly"), load_cases(text, "cases.yaml"))
    assert [(each.case, each.name, each.expected, each.found) for each in found] == [
        ("on_target", "grant bonus", "4801", "4800"),
        ("on_target", "grant honour", "given", "null"),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_canonical_form_is_the_policy(name: str) -> None:
    text = (POLICIES / name / "policy.yaml").read_text(encoding="utf-8")
    policy = load(text, "policy.yaml")
    assert from_canonical(canonical_text(policy)) == policy
    assert canonical_text(from_canonical(canonical_text(policy))) == canonical_text(policy)
    commented = load("# a comment\n" + text.replace("weight: 40%", "weight:   0.40"), "other.yaml")
    assert digest(commented) == digest(policy)
    assert digest(load(text.replace("cap: 130", "cap: 131"), "policy.yaml")) != digest(policy)


def test_what_is_no_canonical_form_is_refused() -> None:
    for text in ("{}", "[]", "nonsense", '{"language":"1"}'):
        with pytest.raises(KaohengError, match="not a policy's canonical form"):
            from_canonical(text)


def test_stored_inputs_replay_to_the_same_bytes_in_any_order() -> None:
    version = shipped("sales-quarterly")
    people = [
        person(f"P{n:02}", f"T{n % 3}", won_revenue=f"{40000 + n * 7001}.3{n % 10}")
        for n in range(30)
    ]
    first = scored(version, people)
    inputs = canonical.lines(first.frame.select([fact.name for fact in version.facts]))
    again = evaluate(version, canonical.frame(inputs, version))
    backwards = scored(version, people[::-1])
    assert (
        canonical.lines(first.frame)
        == canonical.lines(again.frame)
        == canonical.lines(backwards.frame)
    )
    assert grant_lines(first.grants) == grant_lines(again.grants) == grant_lines(backwards.grants)
    assert canonical.grants(grant_lines(first.grants)) == first.grants


def test_calibration_moves_the_grade_and_no_measured_number() -> None:
    version = shipped("sales-quarterly")
    plain, raised = [person("A"), person("B")], [person("A", calibrated_grade="D"), person("B")]
    trial = evaluate(version, scored(version, plain).frame, until="grade").frame
    assert "coefficient" not in trial.columns
    final = scored(version, raised).frame
    measured = [name for name in trial.columns if name != "calibrated_grade"]
    assert final.select(measured).equals(trial.select(measured))
    assert final["final_grade"].to_list() == ["D", "A"]


def test_a_pool_pays_to_the_cent_and_ties_go_by_code() -> None:
    version = shipped("sales-quarterly")
    people = [person(code, won_revenue="96000.01") for code in ("C", "A", "B")]
    result = scored(version, people)
    shares = {grant.person: grant.amount for grant in result.grants if grant.kind == "pool_share"}
    fund = result.frame["pool.team_pool.fund"][0]
    assert fund == Decimal("2400.00")
    assert shares == {"A": Decimal(800), "B": Decimal(800), "C": Decimal(800)}
    uneven = scored(version, [person(code, won_revenue="96000.14") for code in ("C", "A", "B")])
    shares = {grant.person: grant.amount for grant in uneven.grants if grant.kind == "pool_share"}
    assert uneven.frame["pool.team_pool.fund"][0] == Decimal("2400.02")
    assert shares == {"A": Decimal("800.01"), "B": Decimal("800.01"), "C": Decimal(800)}


def test_two_teams_together_are_as_each_alone() -> None:
    version = shipped("sales-quarterly")
    left = [person(f"L{n}", "L", won_revenue=f"{90000 + n * 9000}") for n in range(4)]
    right = [person(f"R{n}", "R", won_revenue=f"{60000 + n * 30000}") for n in range(4)]
    together = canonical.lines(scored(version, left + right).frame).splitlines()
    apart = [canonical.lines(scored(version, side).frame).splitlines() for side in (left, right)]
    assert together == apart[0] + apart[1]


def test_an_explanation_says_what_failed_and_by_how_much() -> None:
    version = shipped("sales-quarterly")
    result = scored(version, [person("A", won_revenue="79000")])
    found = explain(version, result, "A")
    revenue = next(step for step in found.steps if step.name == "won_revenue.attainment")
    assert (revenue.formula, revenue.filled, revenue.value) == (
        "won_revenue.actual / won_revenue.target",
        "79000 / 80000",
        Decimal("0.9875"),
    )
    bonus = next(each for each in found.decisions if each.rule == "quarter_bonus")
    assert not bonus.holds
    assert [(check.condition, check.holds, check.short) for check in bonus.checks] == [
        ("grade in [S, A]", False, Shortfall(name="grade", grades=1, points=Decimal("1.12"))),
        (
            "won_revenue.attainment >= 100%",
            False,
            Shortfall(Decimal("0.0125"), "won_revenue.attainment"),
        ),
    ]
    assert [
        source.kind
        for source in found.sources
        if source.name in {"won_deals", "deals_target", "team"}
    ] == ["given", "measure", "target"]
    with pytest.raises(KaohengError, match="There is no `Z`"):
        explain(version, result, "Z")


BAD_FRAMES = [
    ({"won_revenue": [80000.5]}, "facts.float"),
    ({"won_revenue": [float("nan")]}, "facts.float"),
    ({"revenue_target": [Decimal("0.001")]}, "facts.range"),
    ({"won_deals": [-1]}, "facts.range"),
    ({"won_deals": [None]}, "facts.empty_cell"),
    ({"won_revenue": [10**14]}, "facts.range"),
    ({"calibrated_grade": ["X"]}, "facts.label"),
]


@pytest.mark.parametrize(
    ("changed", "code"), BAD_FRAMES, ids=[str(changed) for changed, _ in BAD_FRAMES]
)
def test_facts_that_do_not_fit_are_refused(changed: dict[str, list[object]], code: str) -> None:
    version = shipped("sales-quarterly")
    frame = scored(version, [person("A")]).frame.select([fact.name for fact in version.facts])
    name, values = next(iter(changed.items()))
    with pytest.raises(KaohengError) as caught:
        evaluate(version, frame.with_columns(pl.Series(name, values)))
    assert [fault.code for fault in caught.value.faults] == [code]


def test_a_person_given_twice_is_refused() -> None:
    version = shipped("sales-quarterly")
    frame = scored(version, [person("A")]).frame.select([fact.name for fact in version.facts])
    with pytest.raises(KaohengError, match="`A` is given twice"):
        evaluate(version, pl.concat([frame, frame]))
