"""Rule files that are made to cost: each is refused, and soon.

A row is the name of the file, what makes its text, the code of a fault that must be among those
told, and its line.
"""

# ruff: noqa: E501 (a row a line)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

BASE = (Path(__file__).parent / "base.yaml").read_text(encoding="utf-8")
NAME = "name: {zh: 名, en: name}"

Bomb = tuple[str, Callable[[], str], str, int]


def after(head: str, body: str) -> str:
    """The base with ``body`` after its line ``head``."""
    assert f"{head}\n" in BASE
    return BASE.replace(f"{head}\n", f"{head}\n{body}", 1)


def step(formula: str) -> str:
    return after("steps:", f'  bomb: {{{NAME}, unit: number, digits: 2, formula: "{formula}"}}\n')


def rule(condition: str) -> str:
    return after(
        "rules:", f"  bomb: {{{NAME}, when: {condition}, then: [{{grant: bonus, amount: base}}]}}\n"
    )


def table(kind: str, rows: str) -> str:
    return after(
        "steps:", f"  bomb: {{{NAME}, unit: money, table: {{of: won, {kind}: [{rows}]}}}}\n"
    )


def line_of(head: str) -> int:
    """The line after ``head``."""
    return BASE[: BASE.index(f"{head}\n")].count("\n") + 2


def laughs() -> str:
    lines = [f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]" for n in range(24)]
    return "\n".join(["a: &a [x,x]", *lines])


def steps(count: int, formula: Callable[[int], str]) -> str:
    return after(
        "steps:",
        "".join(
            f"  s{n}: {{{NAME}, unit: number, digits: 2, formula: {formula(n)}}}\n"
            for n in range(count)
        ),
    )


def rules(count: int) -> str:
    then = "then: [{grant: bonus, amount: base}]"
    return after(
        "rules:", "".join(f"  r{n}: {{{NAME}, when: won > {n}, {then}}}\n" for n in range(count))
    )


def either(count: int) -> str:
    """A condition with two to the power of ``count`` alternatives."""
    parts = ", ".join(f"{{any: [won > {n}, closed > {n}]}}" for n in range(count))
    return f"{{all: [{parts}]}}"


def nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


STEP, RULE, END = line_of("steps:"), line_of("rules:"), BASE.count("\n") + 1
BOMBS: list[Bomb] = [
    ("billion laughs", laughs, "rules.alias", 2),
    ("anchors", lambda: "".join(f"a{n}: &a{n} x\n" for n in range(45_000)), "rules.anchor", 1),
    ("merges", lambda: after("inputs:", "".join(f"  i{n}: {{<<: *a}}\n" for n in range(20_000))), "rules.alias", line_of("inputs:")),
    ("flow lists in each other", lambda: "a: " + "[" * 900_000, "rules.too_big", 1),
    ("flow entries in each other", lambda: "a: " + "{a: " * 400_000, "rules.too_big", 1),
    ("block lists in each other", lambda: "a:\n" + "- " * 900_000, "rules.too_big", 2),
    ("explicit keys in each other", lambda: "? " * 900_000, "rules.too_big", 1),
    ("a list of numbers", lambda: f"a: [{'1,' * 900_000}1]", "rules.too_many", 1),
    ("entries", lambda: "".join(f"a{n}: 1\n" for n in range(150_000)), "rules.too_many", 1_001),
    ("unknown keys", lambda: BASE + "".join(f"stepz{n}: 1\n" for n in range(40_000)), "rules.too_many", END + 982),
    ("keys given twice", lambda: BASE + "currency: CNY\n" * 40_000, "rules.duplicate_key", END),
    ("a long key", lambda: f"{'k' * 1_900_000}: 1", "rules.long_text", 1),
    ("a long quoted key", lambda: f"'{'k' * 1_900_000}': 1", "rules.long_text", 1),
    ("a long text", lambda: f"a: {'k' * 1_900_000}", "rules.long_text", 1),
    ("a text over many lines", lambda: "a: '" + "k\n\n" * 600_000 + "'", "rules.long_text", 1),
    ("comments", lambda: "# x\n" * 490_000, "rules.not_a_mapping", 1),
    ("blanks", lambda: "\n" * 1_990_000, "rules.not_a_mapping", 1),
    ("documents", lambda: "a: 1\n---\n" * 200_000, "rules.documents", 2),
    ("tags", lambda: "".join(f"a{n}: !t{n} x\n" for n in range(40_000)), "rules.tag", 1),
    ("directives", lambda: "".join(f"%TAG !a{n}! tag:x\n" for n in range(30_000)) + "--- {a: 1}", "rules.directive", 1),
    ("tabs", lambda: "\t\n" * 900_000, "rules.tab", 1),
    ("control characters", lambda: "\x00\n" * 900_000, "rules.control_character", 1),
    ("a large file", lambda: "x" * 30_000_000, "rules.too_large", 1),
    ("a number of many digits", lambda: step("9" * 3_900), "rules.formula", STEP),
    ("a number of a large exponent", lambda: step("1e999999999"), "rules.formula", STEP),
    ("a number of many underscores", lambda: step(f"1{'_' * 3_900}"), "rules.formula", STEP),
    ("a product too large", lambda: step(" * ".join(["revenue"] * 100)), "rules.too_large_number", STEP),
    ("powers through steps", lambda: steps(300, lambda n: f"s{n - 1} * s{n - 1}" if n else "revenue"), "rules.too_large_number", STEP + 2),
    ("a formula of 10,000 terms", lambda: step("1" + "+1" * 1_990), "rules.formula", STEP),
    ("brackets in each other", lambda: step("(" * 3_900), "rules.formula", STEP),
    ("signs before each other", lambda: step("-" * 3_900 + "1"), "rules.formula", STEP),
    ("negations of each other", lambda: rule(f"{'not ' * 900}won > 1"), "rules.formula", RULE),
    ("forty quotients of different sizes", lambda: step(" + ".join(f"won / (closed + {n})" for n in range(1, 40))), "rules.too_large_number", STEP),
    ("steps in a circle", lambda: steps(900, lambda n: f"s{(n + 1) % 900} + 1"), "rules.circle", STEP),
    ("steps that need each other in a row", lambda: steps(900, lambda n: f"s{n - 1} + 1" if n else "nothing"), "rules.unknown_name", STEP),
    ("steps", lambda: steps(15_000, lambda n: f"won + {n}"), "rules.too_many", STEP + 1_000),
    ("names that are unknown", lambda: steps(900, lambda n: f"unknown{n} + unbekannt{n}"), "rules.unknown_name", STEP),
    ("rules", lambda: rules(15_000), "rules.too_many", RULE + 1_000),
    ("2^20 alternatives", lambda: rule(either(20)), "rules.condition_size", RULE),
    ("2^20 alternatives in one text", lambda: rule('"' + " and ".join(f"(won > {n} or closed > {n})" for n in range(20)) + '"'), "rules.condition_size", RULE),
    ("10,000 alternatives", lambda: rule(f"{{any: [{', '.join(f'won > {n}' for n in range(900))}]}}"), "rules.condition_size", RULE),
    ("900 comparisons at once", lambda: rule(f"{{all: [{', '.join(f'won > {n}' for n in range(900))}]}}"), "rules.condition_size", RULE),
    ("conditions in each other", lambda: rule(nested("{not: ", "won > 1", "}", 40)), "rules.too_big", RULE),
    ("a table of 100,000 rows", lambda: table("marginal", ", ".join(f"{{to: {n}, rate: 1%}}" for n in range(60_000))), "rules.too_many", STEP),
    ("a table of 15,000 rows", lambda: table("marginal", ", ".join(f"{{to: {n}, rate: 1%}}" for n in range(15_000)) + ", {rate: 1%}"), "rules.too_many", STEP),
    ("a line of 15,000 points", lambda: table("interpolate", ", ".join(f"[{n}, {n}]" for n in range(15_000))), "rules.too_many", STEP),
    ("periods", lambda: BASE.replace("2026-Q1: 1_000_000", ", ".join(f"{n}-Q1: 1" for n in range(1000, 40_000))), "rules.too_many", 20),
    ("stages", lambda: BASE.replace("[goals,", f"[{', '.join(f'g{n}' for n in range(20_000))}, goals,"), "rules.too_many", line_of("workflow:")),
    ("labels", lambda: rule(f"\"grade in [{', '.join(f'G{n}' for n in range(190))}]\""), "rules.unknown_grade", RULE),
    ("faults", lambda: BASE + "\n".join(f"  x{n}: {{}}" for n in range(40_000)), "rules.too_many", END + 997),
]  # fmt: skip
