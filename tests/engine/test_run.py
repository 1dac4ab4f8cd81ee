"""Large populations run in slices, on numbers as short as the facts': the same values as ever."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings

from engine import evaluate
from engine.cells import typed
from engine.compile import compile_policy
from engine.evaluate import Result
from engine.policies import load
from engine.running import run
from engine.running.plan import planned
from engine.version import Version
from tests.engine.drawn.policies import policies
from tests.engine.drawn.scopes import ONCE, SEEDS, scope
from tests.engine.helping import policy


def both_ways(version: Version, facts: pl.DataFrame) -> tuple[Result, Result]:
    """Evaluate as a small population is, and as a large one."""
    small = evaluate.evaluate(version, facts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "TALL", 1)
        patch.setattr(run, "SLICE", 3)
        return small, evaluate.evaluate(version, facts)


@settings(ONCE, max_examples=60)
@given(policies(), SEEDS)
def test_slices_and_short_numbers_change_nothing(text: str, seeds: list[int]) -> None:
    case = scope(text, seeds)
    if case is None:
        return
    version, rows = case
    facts = typed(version.facts, rows, "facts.csv")
    small, large = both_ways(version, facts)
    assert small.frame.equals(large.frame)
    assert small.leaves.equals(large.leaves.select(small.leaves.columns))
    assert small.grants == large.grants
    some = evaluate.evaluate(version, facts, only=["total", "grade", "pool.pool0.share"])
    assert some.frame.equals(small.frame.select("person", "total", "grade", "pool.pool0.share"))


NAMED = "name: {zh: 名, en: name}"
WIDE = policy(
    f"measures:\n"
    f"  won: {{{NAMED}, unit: money, records: deal, when: on, sum: amount}}\n"
    f"  deals: {{{NAMED}, unit: count, records: deal, when: on, count: records}}\n"
    f"steps:\n"
    f"  squared: {{{NAMED}, unit: number, digits: 4, formula: 'round(won / 1000, 0) * won'}}\n"
    f"  rate: {{{NAMED}, unit: money, formula: 'divide(won, deals, -1) * 1.005'}}\n"
    f"  thrice: {{{NAMED}, unit: money, formula: team.won * 3}}\n"
)


@pytest.mark.parametrize("amount", ["0", "0.01", "-0.05", "999999.99", "-9999999999999", "1e13"])
@pytest.mark.parametrize("places", [0, 2, 10])
def test_numbers_at_the_ends_of_their_bounds(amount: str, places: int) -> None:
    version = compile_policy(load(WIDE, "policy.yaml"))
    fine = Decimal(1).scaleb(-places) if abs(Decimal(amount)) < 10**12 else Decimal(0)
    rows = [
        {"person": person, "team": "T", "won": f"{Decimal(amount) + more:f}", "deals": deals}
        for person, more, deals in (("A", Decimal(0), "0"), ("B", fine, "3"), ("C", -fine, "7"))
    ]
    small, large = both_ways(version, typed(version.facts, rows, "facts.csv"))
    assert small.frame.equals(large.frame)


def test_similar_facts_share_a_compiled_version() -> None:
    version = compile_policy(load(WIDE.replace("policy: test", "policy: alike"), "policy.yaml"))
    for won in ("120.50", "980.25"):
        row = {"person": "A", "team": "T", "won": won, "deals": "3"}
        both_ways(version, typed(version.facts, [row], "facts.csv"))
    assert len(version.fits) == 1


def test_plans_are_kept_for_each_question_and_only_the_latest() -> None:
    version = compile_policy(load(WIDE.replace("policy: test", "policy: planned"), "policy.yaml"))
    row = {"person": "A", "team": "T", "won": "120.50", "deals": "3"}
    facts = typed(version.facts, [row], "facts.csv")
    everything = evaluate.evaluate(version, facts).frame
    names = everything.columns[1:]
    for number in range(2 * evaluate.KEPT_PLANS):
        asked = [names[number % len(names)], names[number // len(names)]]
        asked = list(dict.fromkeys(asked))
        found = evaluate.evaluate(version, facts, only=asked).frame
        assert found.equals(everything.select("person", *asked))
    assert len(version.plans) == evaluate.KEPT_PLANS


def test_a_plan_has_no_more_stages_than_its_longest_chain_of_columns() -> None:
    version = compile_policy(load(WIDE.replace("policy: test", "policy: staged"), "policy.yaml"))
    for layers in (version.measured, version.granted):
        for part in planned(layers, {*version.shown}, ["person", "team"], sliced=False):
            before: set[str] = set()
            for stage in part.stages:
                roots = [set(column.meta.root_names()) for column in stage]
                assert not before or all(before & names for names in roots)
                before = {column.meta.output_name() for column in stage}
