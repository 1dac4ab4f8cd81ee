"""Every kind of table: at each edge, one unit under it, and one over."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from engine.canonical import canonical_text, digest, from_canonical
from engine.compile import compile_policy
from engine.errors import KaohengError
from engine.policies import load
from engine.telling.describe import described
from engine.telling.difference import differences
from tests.engine.helping import faults_of, policy, scored

NAME = "name: {zh: 名, en: name}"
BODY = f"""inputs:
  won: {{{NAME}, unit: money, default: 0}}
  quota: {{{NAME}, unit: money, default: 0}}
  paid: {{{NAME}, unit: money, default: 0}}
  deals: {{{NAME}, unit: count, default: 0}}
  rate: {{{NAME}, unit: ratio, default: 0}}
  low: {{{NAME}, unit: ratio, default: 0}}
  aim: {{{NAME}, unit: ratio, default: 0}}
  survey: {{{NAME}, unit: points, if_missing: not_applicable}}
  score: {{{NAME}, unit: points, default: 50}}
kpis:
  k: {{{NAME}, actual: score, weight: 100%, score: actual}}
grades:
  - {{grade: S, from: 90, coefficient: 1}}
  - {{grade: A, from: 80, coefficient: 1}}
  - {{grade: D, from: 0, coefficient: 0}}
"""


def body(table: str, unit: str = "money") -> str:
    return policy(f"{BODY}steps:\n  got: {{{NAME}, unit: {unit}, digits: 2, table: {table}}}\n")


def given(text: str, facts: str) -> str:
    """Evaluate one person's facts, written `won 5 deals 2`, and return what the step gives."""
    words = facts.split()
    row = {"person": "P", **dict(zip(words[::2], words[1::2], strict=True))}
    (found,) = scored(compile_policy(load(text, "policy.yaml")), [row]).frame["got"].to_list()
    return "null" if found is None else str(found.normalize() + Decimal(0))


GRID = (
    "{grid: [{of: rate, from: [80%, 100%]}, {of: grade, labels: [S, A]}], "
    "values: [[1, 2], [3, 4], [5, 6]]}"
)
CUBE = (
    "{grid: [{of: rate, to: [1]}, {of: deals, above: [2, 4]}, {of: won, below: [10]}], "
    "values: [[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]}"
)
BONUS = (
    "rows: [{when: 'rate >= 1 and grade in [S, A]', value: 5000}, "
    "{when: {any: [deals > 4, won > 100]}, value: won * 50%}"
)
CASES = {
    "steps from": (
        "{of: rate, steps: [{from: 1, value: 10}, {from: 0.5, value: 5}, {value: 1}]}",
        {"rate 0.499999": 1, "rate 0.5": 5, "rate 0.999999": 5, "rate 1": 10, "rate 1.1": 10},
    ),
    "steps above": (
        "{of: rate, steps: [{above: 1, value: 10}, {above: 0.5, value: 5}, {value: 1}]}",
        {"rate 0.5": 1, "rate 0.500001": 5, "rate 1": 5, "rate 1.000001": 10},
    ),
    "steps to": (
        "{of: deals, steps: [{to: 2, points: 100}, {to: 5, points: 60}, {points: 0}]}",
        {"deals 2": 100, "deals 2.0001": 60, "deals 5": 60, "deals 5.0001": 0, "deals 0": 100},
    ),
    "steps below": (
        "{of: deals, steps: [{below: 2, points: 100}, {below: 5, points: 60}, {points: 0}]}",
        {"deals 1.9999": 100, "deals 2": 60, "deals 4.9999": 60, "deals 5": 0},
    ),
    "whole to": (
        "{of: won, whole: [{to: 100, rate: 1%}, {rate: 2%}]}",
        {"won 100": 1, "won 101": "2.02", "won 0": 0},
    ),
    "whole from": (
        "{of: won, whole: [{from: 100, rate: 2%}, {rate: 1%}]}",
        {"won 99": "0.99", "won 100": 2, "won 101": "2.02"},
    ),
    "whole below": (
        "{of: won, whole: [{below: 100, rate: 1%}, {rate: 2%}]}",
        {"won 99": "0.99", "won 100": 2},
    ),
    "whole above": (
        "{of: won, whole: [{above: 100, rate: 2%}, {rate: 1%}]}",
        {"won 100": 1, "won 101": "2.02"},
    ),
    "cliff": (
        "{of: won, above: quota, "
        "cliff: [{from: 200, rate: 10%}, {from: 100, rate: 5%}, {rate: 1%}]}",
        {
            "won 100 quota 100": 0,
            "won 99 quota 100": 0,
            "won 101 quota 100": "0.05",
            "won 199 quota 100": "4.95",
            "won 200 quota 100": 10,
            "won 90 quota 50": "0.4",
        },
    ),
    "marginal to": (
        "{of: won, marginal: [{to: 100, rate: 10%}, {to: 300, rate: 5%}, {rate: 1%}]}",
        {"won 100": 10, "won 101": "10.05", "won 300": 20, "won 301": "20.01", "won -5": 0},
    ),
    "marginal from": (
        "{of: won, marginal: [{from: 300, rate: 1%}, {from: 100, rate: 5%}, {rate: 10%}]}",
        {"won 99": "9.9", "won 100": 10, "won 101": "10.05", "won 300": 20, "won 301": "20.01"},
    ),
    "marginal after": (
        "{of: won, after: paid, marginal: [{to: 100, rate: 10%}, {to: 300, rate: 5%}, {rate: 1%}]}",
        {
            "won 60 paid 80": 4,  # 20 at 10%, 40 at 5%: split at the tier that it crosses
            "won 20 paid 80": 2,
            "won 21 paid 80": "2.05",
            "won 100 paid 0": 10,
            "won -30 paid 110": "-2.5",
            "won 500 paid 0": 22,
        },
    ),
    "interpolate": (
        "{of: rate, interpolate: [[0.5, 60], [1, 100], [1.5, 110]]}",
        {"rate 0.499999": 60, "rate 0.5": 60, "rate 0.75": 80, "rate 1": 100, "rate 1.25": 105},
    ),
    "interpolate downwards": (
        "{of: rate, interpolate: [[1.5, 0], [1, 60], [0.5, 100]]}",
        {"rate 1.6": 0, "rate 1.25": 30, "rate 1": 60, "rate 0.75": 80, "rate 0.1": 100},
    ),
    "interpolate with nothing before": (
        "{of: rate, before: 0, interpolate: [[0.5, 60], [1, 100]]}",
        {"rate 0.499999": 0, "rate 0.5": 60, "rate 2": 100},
    ),
    "interpolate between figures": (
        "{of: rate, interpolate: [[low, 60], [aim, 100], [aim + 0.5, 110]]}",
        {
            "rate 0.4 low 0.5 aim 1": 60,
            "rate 0.5 low 0.5 aim 1": 60,
            "rate 0.75 low 0.5 aim 1": 80,
            "rate 1 low 0.5 aim 1": 100,
            "rate 1.25 low 0.5 aim 1": 105,
            "rate 9 low 0.5 aim 1": 110,
            "rate 1 low 1 aim 1": 100,  # together: the later one
            "rate 0.9 low 1 aim 1": 60,
            "rate 2 low 1 aim 0.5": 110,
        },
    ),
    "interpolate between figures, downwards": (
        "{of: rate, falling: true, before: -1, interpolate: [[low, 60], [aim, 100]]}",
        {
            "rate 0.6 low 0.5 aim 0.1": -1,
            "rate 0.5 low 0.5 aim 0.1": 60,
            "rate 0.2 low 0.5 aim 0.1": 90,
            "rate 0.05 low 0.5 aim 0.1": 100,
            "rate 0.5 low 0.5 aim 0.5": 100,
        },
    ),
    "for each unit over an allowance": (
        "{of: deals, over: 2, each: -5, start: 100, per: 2, whole: true}",
        {"deals 2": 100, "deals 3.9999": 100, "deals 4": 95, "deals 1": 100, "deals 7": 90},
    ),
    "for each part of a unit that is missing": (
        "{of: won, under: quota, each: 1.5, per: 10}",
        {"won 5 quota 10": "0.75", "won 10 quota 10": 0, "won 11 quota 10": 0},
    ),
    "two dimensions": (
        GRID,
        {
            "rate 0.799999 calibrated_grade S": 1,
            "rate 0.8 calibrated_grade S": 3,
            "rate 0.999999 calibrated_grade A": 4,
            "rate 1 calibrated_grade A": 6,
            "rate 1 calibrated_grade D": "null",
        },
    ),
    "three dimensions": (
        CUBE,
        {
            "rate 1 deals 2 won 9": 1,
            "rate 1 deals 2 won 10": 2,
            "rate 1.000001 deals 2.0001 won 9": 9,
            "rate 1 deals 4 won 11": 4,
            "rate 2 deals 4.0001 won 11": 12,
        },
    ),
    "first": (
        f"{{decide: first, {BONUS}, {{value: 7}}]}}",
        {
            "rate 1 deals 9 calibrated_grade S": 5000,
            "rate 0.999999 deals 9 won 60 calibrated_grade S": 30,
            "deals 4 won 101 rate 1": "50.5",
            "deals 4 won 100 rate 1": 7,
        },
    ),
    "first without an open row": (
        f"{{decide: first, {BONUS}]}}",
        {"deals 4": "null", "deals 5 won 4": 2},
    ),
    "what is not known does not hold": (
        "{decide: first, rows: [{when: survey > 1, value: 1}, {when: not survey > 1, value: 2}, "
        "{value: 3}]}",
        {"survey 2": 1, "survey 1": 2, "won 0": 3},
    ),
    "unique": (
        f"{{decide: unique, {BONUS}, {{value: 7}}]}}",
        {"rate 1 calibrated_grade S": 5000, "won 200": 100, "won 1": 7},
    ),
    "sum": (
        f"{{decide: collect, collect: sum, {BONUS}]}}",
        {"rate 1 won 200 calibrated_grade S": 5100, "won 200": 100, "won 1": 0},
    ),
    "sum, otherwise": (
        f"{{decide: collect, collect: sum, {BONUS}, {{value: 7}}]}}",
        {"rate 1 won 200 calibrated_grade S": 5100, "won 1": 7},
    ),
    "max": (
        f"{{decide: collect, collect: max, {BONUS}]}}",
        {"rate 1 won 200 calibrated_grade S": 5000, "won -200 deals 5": -100, "won 1": "null"},
    ),
    "min": (
        f"{{decide: collect, collect: min, {BONUS}, {{value: 7}}]}}",
        {"rate 1 won 200 calibrated_grade S": 100, "won 20000": 10000, "won 1": 7},
    ),
    "count": (
        "{decide: collect, collect: count, rows: [{when: deals > 1}, {when: deals > 2}]}",
        {"deals 1": 0, "deals 2": 1, "deals 3": 2},
    ),
}


SCORINGS = (
    "{anchors: {threshold: 60, target: 100, stretch: 120}, below: 5}",
    "{start: 100, each: -5, per: 2, over: 2, whole: true}",
    "{reached: 100, missed: 10, of: actual, at: 3}",
)
# One policy with every kind of table and every form of scoring.
EVERY = policy(
    BODY.replace(
        "  k: {",
        "".join(
            f"  s{place}: {{{NAME}, actual: deals, threshold: 1, target: 3, stretch: 4, gate: 50%, "
            f"weight: 30%, score: {scoring}}}\n"
            for place, scoring in enumerate(SCORINGS)
        )
        + "  k: {",
    ).replace("weight: 100%", "weight: 10%")
    + "steps:\n"
    + "".join(
        f"  t{place}: {{{NAME}, unit: number, digits: 2, table: {table}}}\n"
        for place, (table, _) in enumerate(CASES.values())
    )
)


@pytest.mark.parametrize(
    ("name", "facts"), [(name, facts) for name, (_, rows) in CASES.items() for facts in rows]
)
def test_a_table_gives(name: str, facts: str) -> None:
    table, rows = CASES[name]
    unit = "number" if name in {"two dimensions", "three dimensions"} else "points"
    unit = "money" if "won" in table and unit == "points" else unit
    unit = "points" if name == "count" else unit
    assert given(body(table, unit), facts) == str(rows[facts])  # type: ignore[index]


@pytest.mark.parametrize("name", CASES)
def test_the_canonical_form_is_read_back(name: str) -> None:
    model = load(body(CASES[name][0], "number"), "policy.yaml")
    assert from_canonical(canonical_text(model)) == model
    assert differences(model, from_canonical(canonical_text(model))) == ()


def test_rows_with_the_usual_word_have_the_canonical_form_that_they_had() -> None:
    old = load(body("{of: won, whole: [{to: 100, rate: 1%}, {rate: 2%}]}"), "policy.yaml")
    table = json.loads(canonical_text(old))["steps"][0]["table"]
    assert set(table) == {"of", "kind", "rows"}
    assert digest(old) != digest(
        load(body("{of: won, whole: [{below: 100, rate: 1%}, {rate: 2%}]}"), "policy.yaml")
    )


def test_two_rows_that_both_hold_are_refused_by_person_where_only_one_may() -> None:
    version = compile_policy(load(body(CASES["unique"][0]), "policy.yaml"))
    people = [
        {"person": "P", "rate": "1", "won": "100", "calibrated_grade": "S"},
        {"person": "Q", "rate": "1", "won": "101", "calibrated_grade": "S"},
    ]
    with pytest.raises(KaohengError) as caught:
        scored(version, people)
    (fault,) = caught.value.faults
    assert fault.code == "facts.two_rows"
    assert "Rows 1 and 2 of a table both hold" in str(fault)
    assert "Q" in str(fault.place)


ROW = "{from: 1, value: 1}, {value: 0}"
REFUSED = {
    "two words": (
        "{of: won, steps: [{from: 5, value: 1}, {to: 3, value: 2}, {value: 0}]}",
        "words",
    ),
    "to goes up": ("{of: won, steps: [{to: 5, value: 1}, {to: 3, value: 2}, {value: 0}]}", "order"),
    "from goes down": (
        "{of: won, whole: [{from: 3, rate: 1}, {from: 5, rate: 2}, {rate: 0}]}",
        "order",
    ),
    "the same edge twice": (
        "{of: won, whole: [{to: 3, rate: 1}, {to: 3, rate: 2}, {rate: 0}]}",
        "order",
    ),
    "no open row": ("{of: won, steps: [{above: 5, value: 1}]}", "gap"),
    "open above": ("{of: won, steps: [{value: 1}, {from: 5, value: 1}, {value: 2}]}", "open"),
    "slices have no below": ("{of: won, marginal: [{below: 5, rate: 1}, {rate: 0}]}", "slices"),
    "a cliff over nothing": ("{of: won, cliff: [{to: 5, rate: 1}, {rate: 0}]}", "table_above"),
    "over, without a cliff": (f"{{of: won, above: quota, steps: [{ROW}]}}", "table_above"),
    "after, without tiers": (f"{{of: won, after: paid, steps: [{ROW}]}}", "table_after"),
    "two kinds": (f"{{of: won, steps: [{ROW}], whole: [{ROW}]}}", "table_kind"),
    "points to and fro": ("{of: won, interpolate: [[1, 0], [3, 1], [2, 2]]}", "order"),
    "points that fall together": ("{of: won, interpolate: [[1, 0], [1, 1]]}", "order"),
    "falling, said of rising points": (
        "{of: won, falling: true, interpolate: [[1, 0], [2, 1]]}",
        "falling",
    ),
    "a row too few": (GRID.replace(", [5, 6]", ""), "grid_cells"),
    "a cell too many": (GRID.replace("[5, 6]", "[5, 6, 7]"), "grid_cells"),
    "a list for a cell": (GRID.replace("[5, 6]", "[5, [6]]"), "grid_cells"),
    "a number for a row": (GRID.replace("[5, 6]", "5"), "grid_cells"),
    "edges that fall": (GRID.replace("80%, 100%", "100%, 80%"), "axis_order"),
    "a label twice": (GRID.replace("S, A", "S, S"), "axis_order"),
    "a label that there is not": (GRID.replace("S, A", "S, X"), "unknown_grade"),
    "an axis of both": (GRID.replace("labels:", "from: [1], labels:"), "rules.axis"),
    "one axis": ("{grid: [{of: rate, from: [1]}], values: [1, 2]}", "list"),
    "collected, how": (f"{{decide: collect, {BONUS}]}}", "rules.collect"),
    "open, above others": (
        "{decide: first, rows: [{value: 1}, {when: deals > 1, value: 2}]}",
        "rows",
    ),
    "two open": (f"{{decide: first, {BONUS}, {{value: 1}}, {{value: 2}}]}}", "decision_open"),
    "no value": ("{decide: first, rows: [{when: deals > 1}]}", "decision_value"),
    "other units": (f"{{decide: first, {BONUS}, {{value: deals}}]}}", "units"),
    "no condition": ("{decide: first, rows: [{when: deals, value: 1}]}", "not_a_condition"),
    "a name that there is not": (f"{{decide: first, {BONUS}, {{value: bonu}}]}}", "unknown_name"),
    "the largest quotient": (
        "{decide: collect, collect: max, rows: [{when: won > 1, value: won / 3}]}",
        "collected_fraction",
    ),
    "other units between points": ("{of: won, interpolate: [[deals, 0], [aim, 1]]}", "units"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_with_a_table_is_said_at_its_line(name: str) -> None:
    table, code = REFUSED[name]
    text = body(table)
    ((found, line),) = faults_of(text)
    assert code in found
    assert line == text[: text.index("  got:")].count("\n") + 1


SHOWN = {
    "whole from": "whole[≥ 100: 0.02, …: 0.01](7)",
    "cliff": "cliff[≥ 200: 0.1, ≥ 100: 0.05, …: 0.01](7 over 5)",
    "marginal after": "marginal[100: 0.1, 300: 0.05, …: 0.01](7 on top of 3)",
    "interpolate between figures": "interpolate[0.5: 60, 1: 100, 1 + 0.5: 110](0.8)",
    "for each unit over an allowance": "100 - floor(max(2 - 2, 0) / 2) * 5",
    "two dimensions": "table[0.8: ≥ 0.8, 1; A: S, A](1, 2; 3, 4; 5, 6)",
    "first": "first row that holds[0.8 >= 1 and A in [S, A] → 5000; "
    "2 > 4 or 7 > 100 → 7 * 50%; otherwise → 7]",
    "count": "number of rows that hold[2 > 1; 2 > 2]",
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_table_is_explained_with_the_numbers_put_in(name: str) -> None:
    version = compile_policy(load(body(CASES[name][0], "number"), "policy.yaml"))
    (got,) = (each for each in version.definitions if each.name == "got")
    figures = {"won": 7, "quota": 5, "paid": 3, "rate": "0.8", "low": "0.5", "aim": 1, "deals": 2}
    row = {name: Decimal(number) for name, number in figures.items()} | {"grade": "A"}
    assert described(got.what, row)[1] == SHOWN[name]
