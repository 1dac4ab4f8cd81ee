"""durable_rules for a long time: its answers stay right, its memory and its threads few."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.cells import typed
from engine.compile import compile_policy
from engine.evaluate import evaluate
from engine.policies import load
from engine.running.decisions import decide
from tests.engine.helping import POLICIES
from tests.engine.measured import cost, costs
from tests.engine.test_decisions import by_hand, some
from tests.engine.test_shipped import person


def versions(first: int, last: int) -> int:
    """Decide under ever different rules; give how many matches there were."""
    found = 0
    for version in range(first, last):
        asked, truths = some(40, 40, 4, seed=version, width=6)
        held = decide(asked, truths)
        assert held == by_hand(asked, truths)
        found += sum(map(len, held))
    return found


def republished(first: int, last: int) -> int:
    """Score one person under ever different versions of a policy, each with another rule."""
    text = (POLICIES / "sales-quarterly" / "policy.yaml").read_text(encoding="utf-8")
    given = 0
    for number in range(first, last):
        grades = ", ".join(grade for place, grade in enumerate("SABD") if number >> place & 1)
        rule = (
            f"  version{number}: {{name: {{zh: 新, en: new}}, "
            f'when: {{any: ["grade in [{grades}]", "total >= {number}"]}}, '
            f"then: [{{grant: honour, text: {{zh: 新, en: new}}}}]}}\n"
        )
        policy = load(text.replace("\nrules:\n", f"\nrules:\n{rule}"), "policy.yaml")
        version = compile_policy(policy)
        result = evaluate(version, typed(version.facts, [person("A")], "facts.csv"))
        given += sum(grant.kind == "honour" for grant in result.grants)
    return given


def matches(count: int) -> int:
    """Decide until ``count`` rules have held."""
    found = 0
    asked, truths = some(20, 10, 200, seed=5, likely=0.9)
    expected = by_hand(asked, truths)
    while found < count:
        assert decide(asked, truths) == expected
        found += sum(map(len, expected))
    return threading.active_count()


def threads(rounds: int) -> int:
    """Let eight threads decide at once; give how many threads are left besides this one."""
    asked = [some(400, 300, 4, seed=seed, likely=0.9) for seed in range(8)]
    before = threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: decide(*asked[number % 8]), range(rounds)))
    assert found == [by_hand(*asked[number % 8]) for number in range(rounds)]
    return threading.active_count() - before


def test_two_hundred_versions_cost_no_memory() -> None:
    measured = cost(versions, 0, 200)
    assert measured.result > 500
    assert measured.megabytes is None or measured.megabytes < 8


@pytest.mark.long
@pytest.mark.parametrize(
    ("function", "count", "megabytes"), [(matches, 100_000, 8), (threads, 64, 20)]
)
def test_long_work(function: Callable[..., int], count: int, megabytes: float) -> None:
    measured = cost(function, count)
    assert measured.result <= 1
    assert measured.megabytes is None or measured.megabytes < megabytes


@pytest.mark.long
def test_a_policy_published_two_hundred_times_costs_no_memory() -> None:
    _, later = costs(republished, [(0, 60), (60, 200)])  # Polars' own pools fill at first
    assert later.result > 80
    assert later.megabytes is None or later.megabytes < 80
