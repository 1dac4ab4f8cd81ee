"""The forms of scoring that are written out: anchors, per unit, all or nothing, gates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.canonical import canonical_text, from_canonical
from engine.compile import compile_policy
from engine.policies import load
from engine.telling.describe import described
from tests.engine.helping import faults_of, policy, scored

NAME = "name: {zh: 名, en: name}"


def body(kpi: str) -> str:
    return policy(
        f"inputs:\n  actual_value: {{{NAME}, unit: count}}\n"
        f"  aim: {{{NAME}, unit: count, default: 10}}\n"
        f"kpis:\n  k: {{{NAME}, actual: actual_value, weight: 100%, {kpi}}}\n"
    )


THREE = "threshold: 60, target: 100, stretch: 120"
POINTS = "anchors: {threshold: 60, target: 100, stretch: 120}"
# What is written on the KPI, then what an actual (and a target `aim`) comes to.
CASES = {
    f"{THREE}, score: {{{POINTS}}}": {
        "59.9999": 0,
        "60": 60,
        "80": 80,
        "100": 100,
        "110": 110,
        "120": 120,
        "500": 120,
    },
    f"{THREE}, score: {{{POINTS}, below: 40}}": {"59.9999": 40, "60": 60},
    f"threshold: 12, target: 10, stretch: 5, better: lower, score: {{{POINTS}}}": {
        "12.0001": 0,
        "12": 60,
        "11": 80,
        "10": 100,
        "7.5": 110,
        "5": 120,
        "0": 120,
    },
    "threshold: 5, target: aim, score: {anchors: {threshold: 60, target: 100}}": {
        "4.9999": 0,
        "5": 60,
        "7.5": 80,
        "10": 100,
        "11": 100,
        "7.5 aim 5": 100,
        "4 aim 4": 0,
    },
    "target: 10, stretch: 20, score: {anchors: {target: 100, stretch: 150}, below: 80}": {
        "9.9999": 80,
        "10": 100,
        "15": 125,
        "21": 150,
    },
    "score: {start: 100, each: -5, per: 1, over: 2, whole: true}": {
        "2": 100,
        "2.9999": 100,
        "3": 95,
        "3.0001": 95,
        "0": 100,
        "40": -90,
    },
    "score: {start: 100, each: -5, per: 2, over: 2}, floor: 0": {"2": 100, "3": "97.5", "99": 0},
    "score: {start: 80, each: 2, under: aim, whole: true}, cap: 90": {
        "10": 80,
        "9.0001": 80,
        "9": 82,
        "0": 90,
        "11": 80,
    },
    "score: {each: 1.5, per: 4}": {"0": 0, "4": "1.5", "6": "2.25"},
    "target: 10, score: {reached: 100, missed: 20, of: attainment, at: 80%}": {
        "8": 100,
        "7.999": 20,
        "7.9995": 100,  # the attainment as it is shown, 80.00%
    },
    "score: {reached: 100, of: actual, at: 3}": {"3": 100, "2.9999": 0},
    "target: 10, gate: 60%, score: attainment, floor: 20": {"6": 60, "5.999": 0, "5.9995": 60},
    "target: 10, gate: 60%, score: {of: actual, steps: [{from: 8, points: 90}, {points: 30}]}": {
        "8": 90,
        "6": 30,
        "5.9": 0,
    },
    f"target: 100, gate: 90%, threshold: 60, stretch: 120, score: {{{POINTS}}}": {
        "89": 0,
        "90": 90,
    },
}


def points(kpi: str, actual: str) -> str:
    value, *rest = actual.split()
    row = {"person": "P", "actual_value": value, **dict(zip(rest[::2], rest[1::2], strict=True))}
    frame = scored(compile_policy(load(body(kpi), "policy.yaml")), [row]).frame
    return str(frame["k.points"].item().normalize() + Decimal(0))


@pytest.mark.parametrize(("kpi", "actual"), [(kpi, each) for kpi in CASES for each in CASES[kpi]])
def test_points(kpi: str, actual: str) -> None:
    assert points(kpi, actual) == str(CASES[kpi][actual])  # type: ignore[index]


@pytest.mark.parametrize("kpi", CASES)
def test_the_canonical_form_is_read_back(kpi: str) -> None:
    model = load(body(kpi), "policy.yaml")
    assert from_canonical(canonical_text(model)) == model


SHOWN = {
    f"{THREE}, score: {{{POINTS}}}": "interpolate[< 60: 0, 60: 60, 100: 100, 120: 120](3)",
    "score: {start: 100, each: -5, per: 1, over: 2, whole: true}": "100 - floor(max(3 - 2, 0)) * 5",
    "target: 10, gate: 60%, score: attainment, floor: 20": "if(0.3 >= 0.60, max(0.3 * 100, 20), 0)",
}


@pytest.mark.parametrize("kpi", SHOWN)
def test_the_explanation_shows_what_it_is_written_out_as(kpi: str) -> None:
    version = compile_policy(load(body(kpi), "policy.yaml"))
    (own,) = (each for each in version.definitions if each.name == "k.points")
    row = {"threshold": 60, "target": 100, "stretch": 120, "actual": 3, "attainment": "0.3"}
    named = {f"k.{name}": Decimal(value) for name, value in row.items()}
    assert described(own.what, named)[1] == SHOWN[kpi]


REFUSED = {
    f"target: 100, stretch: 120, score: {{{POINTS}}}": "rules.anchor",
    "threshold: 3, score: {anchors: {threshold: 60}}": "rules.anchors",
    "gate: 60%, score: actual": "rules.anchor",
    "target: 3, score: {each: 1, over: 2, under: 3}": "rules.per_unit",
    "target: 3, score: {each: 1, per: 0}": "rules.per_unit",
    "target: 3, score: {reached: 1}": "rules.missing",
    "target: 3, threshold: aims, score: attainment": "rules.unknown_name",
    "target: 3, score: {each: 1, over: aims}": "rules.unknown_name",
}


@pytest.mark.parametrize("kpi", REFUSED)
def test_what_is_wrong_is_said(kpi: str) -> None:
    assert [code for code, _ in faults_of(body(kpi))] == [REFUSED[kpi]]
