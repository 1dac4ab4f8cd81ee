"""The curve of every way of scoring is what the engine gives, figure by figure."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.checking.salvage import readable
from engine.outlook.curves import Curve, curves
from engine.reader import read
from tests.engine.helping import POLICIES

NAME = "name: {zh: 名, en: n}"
# A way of scoring, and what it gives at figures: D is a number of deals, the target is 10.
WAYS = {
    "": {0: 0, 5: 50, 10: 100, 11: 110},
    "cap: 105": {10: 100, 11: 105},
    "floor: 30": {0: 30, 5: 50},
    "gate: 80%": {7: 0, 8: 80},
    "better: lower": {10: 100, 20: 50},
    "better: lower, form: mirrored": {10: 100, 15: 50, 20: 0},
    "score: {of: attainment, interpolate: [[50%, 0], [100%, 100]]}": {5: 0, 7: 40, 10: 100},
    "score: {of: actual, steps: [{from: 8, points: 100}, {points: 40}]}": {7: 40, 8: 100},
    "score: 'min(attainment * 100 + 5, 100)'": {0: 5, 5: 55, 10: 100},
    "threshold: 5, stretch: 20, score: {anchors: {threshold: 60, target: 100, stretch: 120}}": {
        5: 60,
        10: 100,
        20: 120,
    },
    "score: {each: 10, start: 20}": {0: 20, 4: 60},
}


def policy(kpi: str, more: str = "") -> str:
    comma = ", " if kpi else ""
    return (
        f"language: 1\npolicy: p\n{NAME}\nperiod: month\ncurrency: CNY\n"
        "scope: {role: salesperson}\n"
        f"measures: {{d: {{{NAME}, unit: count, records: deal, when: on, count: records}},"
        f" m: {{{NAME}, unit: money, records: deal, when: on, sum: amount}}}}\n"
        f"kpis: {{k: {{{NAME}, actual: d, target: 10, weight: 100%{comma}{kpi}}}}}\n{more}"
    )


def drawn(text: str) -> dict[str, Curve]:
    found = readable(read(text, "").root.plain())
    assert found is not None
    return {each.code: each for each in curves(found)}


def at(curve: Curve, x: int) -> Decimal:
    """Return the worth of a figure, between its neighbours where it was not tried itself."""
    right = next(point for point in curve.points if point[0] >= x)
    left = next(point for point in reversed(curve.points) if point[0] <= x)
    width = right[0] - left[0]
    return left[1] + (right[1] - left[1]) * (x - left[0]) / width if width else left[1]


@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_scoring_is_drawn_as_it_scores(way: str) -> None:
    curve = drawn(policy(way))["k"]
    assert [x for x, _ in curve.points] == sorted({x for x, _ in curve.points})
    for x, worth in WAYS[way].items():
        assert abs(at(curve, x) - worth) < Decimal("0.6"), x
    assert ("target", (Decimal(10), at(curve, 10))) in curve.marks


def test_a_jump_is_as_steep_as_a_figure_is_exact() -> None:
    curve = drawn(policy("gate: 80%"))["k"]
    found = dict(curve.points)
    # 7.9999 is 80% of the target too, as attainment is rounded.
    assert (found[Decimal("7.9990")], found[Decimal("7.9999")]) == (0, 80)


@pytest.mark.parametrize(
    ("table", "worth"),
    [
        ("marginal: [{to: 100, rate: 1%}, {rate: 2%}]", {100: 1, 110: Decimal("1.2")}),
        ("whole: [{to: 100, rate: 1%}, {rate: 2%}]", {100: 1, 110: Decimal("2.2")}),
        ("cliff: [{to: 100, rate: 0}, {rate: 10%}], above: 50", {100: 0, 110: 6}),
    ],
)
def test_the_tiers_of_a_commission_are_drawn_in_money(table: str, worth: dict[int, int]) -> None:
    steps = f"steps: {{c: {{{NAME}, unit: money, table: {{of: m * 1, {table}}}}}}}\n"
    curve = drawn(policy("", steps))["c"]
    assert (curve.unit, curve.worth) == ("money", "money")
    assert {x: round(at(curve, x), 2) for x in worth} == worth


def test_a_target_of_each_person_makes_the_curve_a_relative_one() -> None:
    targets = f"targets: {{t: {{{NAME}, unit: count}}}}\n"
    curve = drawn(policy("", targets).replace("target: 10", "target: t"))["k"]
    assert curve.relative
    assert ("target", (Decimal(1), Decimal(100))) in curve.marks


def test_faults_elsewhere_leave_the_curves_and_a_fault_in_one_takes_only_its_own() -> None:
    text = policy("").replace("weight: 100%", "weight: 70%") + "rules: {r: {when: nonsense >}}\n"
    assert set(drawn(text)) == {"k"}
    two = policy("").replace("kpis: {", f"kpis: {{b: {{{NAME}, actual: d, score: unknown * 2}}, ")
    assert set(drawn(two.replace("score: unknown", "weight: 0%, score: unknown"))) == {"k"}


@pytest.mark.parametrize(
    "name", sorted(folder.name for folder in POLICIES.iterdir() if folder.is_dir())
)
def test_every_kpi_of_the_shipped_policies_is_drawn(name: str) -> None:
    text = (POLICIES / name / "policy.yaml").read_text(encoding="utf-8")
    found = readable(read(text, "").root.plain())
    assert found is not None
    assert {each.code for each in found.kpis} <= {each.code for each in curves(found)}
