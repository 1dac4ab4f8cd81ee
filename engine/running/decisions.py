"""Rules decided by durable_rules, inside the cage in which it is right.

Outside of the cage it hangs, crashes or answers wrongly, so: leaf comparisons are columns
already; rows with the same truths form a class; a class is asserted once, as facts of
flags, and retracted. Rules are conjunctions of flags only (any-of is several rules), at
most 60 of them and 250 flags to a ruleset, with one more that always holds, because a
fact that matches nothing raises. Nothing here knows what a flag means.

The library never frees a ruleset (about a megabyte each), so no policy has its own: there
is one for conjunctions of up to 4 flags, one for up to 16, and so on, and a policy's
alternatives are laid into their places, as many at a time as there are. Any number of
policies, published as often as they like, costs these few rulesets.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from durable.engine import Host

MAX_RULES = 20  # of 60: each match carries the whole fact, so more at a time are slower
MAX_FLAGS = 249  # and the one that always holds
WIDTHS = (4, 16, 62, MAX_FLAGS)
ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Alternative:
    """``rule`` holds when all of ``flags`` do (at most MAX_FLAGS); a rule may have several."""

    rule: str
    flags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that is decided together."""

    alternatives: tuple[Alternative, ...]


def ruleset(alternatives: Sequence[Alternative]) -> Ruleset:
    return Ruleset(tuple(alternatives))


def decide(rules: Ruleset, classes: Sequence[Sequence[bool]]) -> list[frozenset[str]]:
    """Return, for each class of truths (one per flag), the rules that hold.

    Thread-safe; an engine is built once per process and width, and again after any error.
    """
    parts = list(_parts(rules.alternatives))
    with _LOCK:
        return [
            frozenset(rule for width, part in parts for rule in _held(width, part, truths))
            for truths in classes
        ]


def _parts(alternatives: Sequence[Alternative]) -> Iterator[tuple[int, list[Alternative]]]:
    """Group alternatives by the narrowest engine that takes them, each as many as it has places."""
    least = 0
    for width in WIDTHS:
        fitting = iter([each for each in alternatives if least <= len(each.flags) <= width])
        while part := list(islice(fitting, places(width))):
            yield width, part
        least = width + 1
    if any(len(each.flags) > MAX_FLAGS for each in alternatives):
        raise ValueError(f"An alternative has more than {MAX_FLAGS} flags.")


def places(width: int) -> int:
    """Return how many conjunctions of up to ``width`` flags are decided at a time."""
    return min(MAX_RULES, MAX_FLAGS // width)


def _held(width: int, part: Sequence[Alternative], truths: Sequence[bool]) -> list[str]:
    if width not in _ENGINES:
        _ENGINES[width] = _Engine(width)
    try:
        found = _ENGINES[width].decide([[truths[flag] for flag in each.flags] for each in part])
    except BaseException:
        # What failed has left its trace in the state: no later answer of this engine counts.
        del _ENGINES[width]
        raise
    return [part[place].rule for place in found]


class _QuietHost(Host):  # type: ignore[misc]
    """A Host without its two polling threads: actions run within assert_fact."""

    def _run(self) -> None:
        return


class _Engine:
    """Decides up to ``places(width)`` conjunctions of up to ``width`` flags at a time."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.found: list[int] = []
        self.name = f"conjunctions_{width}"
        self.host = _QuietHost()
        self.host.set_rulesets({self.name: self._definition()})

    def _definition(self) -> dict[str, Any]:
        definition: dict[str, Any] = {
            ALWAYS: {"all": [{"m": {ALWAYS: 1}}], "run": lambda context: None},  # noqa: ARG005
        }
        for place in range(places(self.width)):
            terms = [{_flag(place, number): 1} for number in range(self.width)]
            match = terms[0] if len(terms) == 1 else {"$and": terms}
            definition[f"r{place}"] = {"all": [{"m": match}], "run": self._action(place)}
        return definition

    def _action(self, place: int) -> Callable[[Any], None]:
        # Of exactly one parameter, defaults counted: with two the library would wait for a call.
        def action(context: Any) -> None:  # noqa: ARG001
            self.take(place)

        return action

    def take(self, place: int) -> None:
        self.found.append(place)

    def decide(self, conjunctions: Sequence[Sequence[bool]]) -> list[int]:
        """Return the places of the conjunctions that hold."""
        self.found.clear()
        fact = {"id": "1", ALWAYS: 1, **self._flags(conjunctions)}
        _raise_exception(self.host.assert_fact(self.name, dict(fact)))
        found = self.found.copy()
        _raise_exception(self.host.retract_fact(self.name, dict(fact)))
        return found

    def _flags(self, conjunctions: Sequence[Sequence[bool]]) -> dict[str, int]:
        """Give the flags that hold, the ones beyond a conjunction's own among them.

        What is left out matches nothing, and costs nothing.
        """
        return {
            _flag(place, number): 1
            for place, own in enumerate(conjunctions)
            for number in range(self.width)
            if number >= len(own) or own[number]
        }


def _flag(place: int, number: int) -> str:
    return f"f{place}_{number}"


def _raise_exception(state: Any) -> None:
    if isinstance(state, dict) and state.get("exception"):
        raise RuntimeError(f"durable_rules: {state['exception']}")


_LOCK = threading.Lock()
_ENGINES: dict[int, _Engine] = {}


def _begin_anew() -> None:
    """A Host does not survive a fork, nor does a lock that another thread held."""
    global _LOCK  # noqa: PLW0603
    _LOCK = threading.Lock()
    _ENGINES.clear()


os.register_at_fork(after_in_child=_begin_anew)
