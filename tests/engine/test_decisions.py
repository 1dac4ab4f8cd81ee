"""The cage around durable_rules: right answers with threads, many classes, after errors."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import pytest

from engine.running import decisions
from engine.running.decisions import (
    MAX_FLAGS,
    WIDTHS,
    Alternative,
    Ruleset,
    decide,
    places,
    ruleset,
)

Truths = list[list[bool]]


def some(
    rules: int, flags: int, classes: int, seed: int, width: int = 4, likely: float = 0.7
) -> tuple[Ruleset, Truths]:
    chance = random.Random(seed)
    found = [
        Alternative(
            f"rule{chance.randrange(rules)}",
            tuple(sorted(chance.sample(range(flags), chance.randint(1, width)))),
        )
        for _ in range(rules)
    ]
    return ruleset(found), [
        [chance.random() < likely for _ in range(flags)] for _ in range(classes)
    ]


def by_hand(rules: Ruleset, classes: Truths) -> list[frozenset[str]]:
    return [
        frozenset(
            each.rule for each in rules.alternatives if all(truths[flag] for flag in each.flags)
        )
        for truths in classes
    ]


@pytest.fixture
def fresh() -> Iterator[None]:
    """A process in which nothing was decided yet."""
    decisions._ENGINES.clear()
    yield
    decisions._ENGINES.clear()


@pytest.mark.parametrize(
    ("rules", "flags", "classes", "width"),
    [
        (1, 4, 16, 1),
        (19, 30, 60, 4),
        (20, 30, 60, 4),
        (21, 30, 60, 5),
        (60, 40, 60, 17),
        (400, 300, 40, 4),
        (12, 300, 60, MAX_FLAGS),
    ],
)
def test_answers_equal_plain_logic(rules: int, flags: int, classes: int, width: int) -> None:
    likely = 1 - 0.7 / width
    asked, truths = some(rules, flags, classes, rules, width, likely)
    expected = by_hand(asked, truths)
    assert decide(asked, truths) == expected
    assert any(expected)
    assert rules < 5 or any(len(each) < len(expected[0] | each) for each in expected)


@pytest.mark.parametrize("count", sorted({n + more for n in WIDTHS for more in (-1, 0, 1)}))
def test_every_flag_of_a_conjunction_counts(count: int) -> None:
    asked = ruleset([Alternative("a", tuple(range(count)))])
    if count > MAX_FLAGS:
        with pytest.raises(ValueError, match="more than 249 flags"):
            decide(asked, [[True] * count])
        return
    classes = [[True] * count] + [
        [number != missing for number in range(count)] for missing in range(count)
    ]
    assert decide(asked, classes) == [frozenset({"a"})] + [frozenset()] * count


def test_the_cage_is_kept() -> None:
    for width in WIDTHS:
        assert places(width) + 1 <= 60
        assert places(width) * width + 1 <= 250


def test_two_thousand_classes() -> None:
    asked, truths = some(20, 24, 2_000, seed=7)
    assert len(set(map(tuple, truths))) > 1_990
    assert decide(asked, truths) == by_hand(asked, truths)


def test_nothing_holds_and_nothing_is_asked() -> None:
    assert decide(ruleset([Alternative("a", (0,))]), [[False], [True], [False]]) == [
        frozenset(),
        frozenset({"a"}),
        frozenset(),
    ]
    assert decide(ruleset([]), [[], []]) == [frozenset(), frozenset()]
    assert decide(ruleset([Alternative("always", ())]), [[]]) == [frozenset({"always"})]


def test_eight_threads_get_their_own_answers_and_leave_no_thread_behind(fresh: None) -> None:
    asked = [some(30, 20, 40, seed=seed) for seed in range(8)]
    before = threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: decide(*asked[number % 8]), range(64)))
    assert threading.active_count() == before
    assert found == [by_hand(*asked[number % 8]) for number in range(64)]


def test_policies_share_the_engines(fresh: None) -> None:
    for version in range(200):
        asked, truths = some(25, 20, 3, seed=version, width=8)
        assert decide(asked, truths) == by_hand(asked, truths)
    assert set(decisions._ENGINES) == {4, 16}


@pytest.mark.parametrize("fails", ["assert_fact", "retract_fact"])
def test_an_engine_that_fails_is_built_again(fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, truths = some(10, 8, 10, seed=3)
    assert decide(asked, truths) == by_hand(asked, truths)
    broken = decisions._ENGINES[4]

    def fail(*_: object) -> object:
        raise RuntimeError("broken")

    monkeypatch.setattr(broken.host, fails, fail)
    with pytest.raises(RuntimeError, match="broken"):
        decide(asked, truths)
    assert decide(asked, truths) == by_hand(asked, truths)
    assert decisions._ENGINES[4] is not broken


def test_an_action_that_throws_is_an_error_and_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, truths = some(10, 8, 10, seed=3)
    decide(asked, truths)
    broken = decisions._ENGINES[4]

    def throws(place: int) -> None:
        raise ZeroDivisionError(f"at {place}")

    monkeypatch.setattr(broken, "take", throws)
    with pytest.raises(RuntimeError, match="durable_rules: exception caught at"):
        decide(asked, truths)
    assert decide(asked, truths) == by_hand(asked, truths)
    assert decisions._ENGINES[4] is not broken


def _decided_in_child(rules: Ruleset, classes: Truths) -> list[frozenset[str]]:
    return decide(rules, classes)


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_decides_by_itself(method: str) -> None:
    asked, truths = some(30, 20, 20, seed=4)
    expected = decide(asked, truths)
    with get_context(method).Pool(1) as pool:
        assert pool.apply(_decided_in_child, (asked, truths)) == expected


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_forked_while_another_thread_decides_does_not_wait_for_it() -> None:
    asked, truths = some(30, 20, 20, seed=4)
    with decisions._LOCK:
        child = os.fork()
        if child == 0:
            signal.alarm(10)  # were it to wait
            os._exit(0 if decide(asked, truths) == by_hand(asked, truths) else 1)
        assert os.waitpid(child, 0)[1] == 0
