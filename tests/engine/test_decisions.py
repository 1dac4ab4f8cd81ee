"""The cage around durable_rules: right answers with threads, many classes, after errors."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import decisions
from engine.decisions import Alternative, Ruleset, decide, ruleset

Truths = list[list[bool]]


def some(rules: int, flags: int, classes: int, seed: int) -> tuple[Ruleset, Truths]:
    chance = random.Random(seed)
    found = [
        Alternative(
            f"rule{chance.randrange(rules)}",
            tuple(sorted(chance.sample(range(flags), chance.randint(1, 4)))),
        )
        for _ in range(rules)
    ]
    return ruleset(found), [[chance.random() < 0.7 for _ in range(flags)] for _ in range(classes)]


def by_hand(rules: Ruleset, classes: Truths) -> list[frozenset[str]]:
    return [
        frozenset(
            each.rule for each in rules.alternatives if all(truths[flag] for flag in each.flags)
        )
        for truths in classes
    ]


@pytest.mark.parametrize(
    ("rules", "flags", "classes"),
    [(1, 4, 16), (59, 30, 60), (60, 30, 60), (61, 30, 60), (400, 300, 40)],
)
def test_answers_equal_plain_logic(rules: int, flags: int, classes: int) -> None:
    asked, truths = some(rules, flags, classes, seed=rules)
    assert decide(asked, truths) == by_hand(asked, truths)


def test_two_thousand_classes() -> None:
    asked, truths = some(20, 24, 2_000, seed=7)
    assert decide(asked, truths) == by_hand(asked, truths)


def test_nothing_holds_and_nothing_is_asked() -> None:
    assert decide(ruleset([Alternative("a", (0,))]), [[False], [True], [False]]) == [
        frozenset(),
        frozenset({"a"}),
        frozenset(),
    ]
    assert decide(ruleset([]), [[], []]) == [frozenset(), frozenset()]


def test_threads_get_their_own_answers_and_leave_no_thread_behind() -> None:
    asked = [some(30, 20, 40, seed=seed) for seed in range(4)]
    before = threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: decide(*asked[number % 4]), range(32)))
    assert threading.active_count() == before
    assert found == [by_hand(*asked[number % 4]) for number in range(32)]


def test_a_definition_may_be_registered_again_and_again() -> None:
    for version in range(decisions.KEPT_ENGINES + 20):
        asked = ruleset([Alternative("a", (0,)), Alternative(f"b{version}", (0, 1))])
        assert decide(asked, [[True, True]]) == [frozenset({"a", f"b{version}"})]
    assert len(decisions._ENGINES) <= decisions.KEPT_ENGINES


def test_an_engine_that_fails_is_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, truths = some(10, 8, 10, seed=3)
    assert decide(asked, truths) == by_hand(asked, truths)
    broken = decisions._engine(asked)

    def fails(*_: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr(broken.host, "assert_fact", fails)
    with pytest.raises(RuntimeError, match="broken"):
        decide(asked, truths)
    assert decide(asked, truths) == by_hand(asked, truths)
    assert decisions._engine(asked) is not broken


def test_an_exception_in_the_state_is_raised() -> None:
    with pytest.raises(RuntimeError, match="durable_rules: no luck"):
        decisions._raise_exception({"exception": "no luck"})
