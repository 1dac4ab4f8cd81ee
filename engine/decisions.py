"""Rules decided by durable_rules, inside the cage in which it is right.

Outside of the cage it hangs, crashes or answers wrongly, so: leaf comparisons are columns
already; rows with the same truths form a class; a class is asserted once, as one fact of
flags, and retracted. Rules are conjunctions of flags only (any-of is several rules), at
most 60 of them and 250 flags to a ruleset, with one more that always holds, because a
fact that matches nothing raises. Nothing here knows what a flag means.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from durable.engine import Host

MAX_RULES = 60
MAX_FLAGS = 250
KEPT_ENGINES = 64
ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Alternative:
    """``rule`` holds when all of ``flags`` do; a rule may have several alternatives."""

    rule: str
    flags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ruleset:
    """Everything that is decided together; ``digest`` names it."""

    alternatives: tuple[Alternative, ...]
    digest: str


def ruleset(alternatives: Sequence[Alternative]) -> Ruleset:
    text = json.dumps(
        [[each.rule, list(each.flags)] for each in alternatives], separators=(",", ":")
    )
    return Ruleset(tuple(alternatives), hashlib.sha256(text.encode()).hexdigest())


def decide(rules: Ruleset, classes: Sequence[Sequence[bool]]) -> list[frozenset[str]]:
    """Return, for each class of truths (one per flag), the rules that hold.

    Thread-safe; an engine is built once per process and ruleset, and again after any error.
    """
    with _LOCK:
        engine = _engine(rules)
        try:
            return [engine.decide(truths) for truths in classes]
        except BaseException:
            _ENGINES.pop((os.getpid(), rules.digest), None)
            raise


class _QuietHost(Host):  # type: ignore[misc]
    """A Host without its two polling threads: actions run within assert_fact."""

    def _run(self) -> None:
        return


class _Engine:
    def __init__(self, rules: Ruleset) -> None:
        self.host = _QuietHost()
        self.found: list[str] = []
        self.parts: list[tuple[str, tuple[int, ...]]] = []
        for number, part in enumerate(_partitions(rules.alternatives)):
            name = f"{rules.digest[:32]}_{number}"
            self.host.set_rulesets({name: self._definition(part)})
            self.parts.append((name, tuple(sorted({flag for each in part for flag in each.flags}))))

    def _definition(self, part: Sequence[Alternative]) -> dict[str, Any]:
        definition: dict[str, Any] = {
            ALWAYS: {"all": [{"m": {ALWAYS: 1}}], "run": lambda context: None},  # noqa: ARG005
        }
        for number, each in enumerate(part):
            terms = [{f"f{flag}": 1} for flag in each.flags]
            match = terms[0] if len(terms) == 1 else {"$and": terms}
            definition[f"r{number}"] = {"all": [{"m": match}], "run": self._append(each.rule)}
        return definition

    def _append(self, rule: str) -> Any:
        def action(context: Any) -> None:  # noqa: ARG001
            self.found.append(rule)

        return action

    def decide(self, truths: Sequence[bool]) -> frozenset[str]:
        holding: set[str] = set()
        for name, flags in self.parts:
            self.found.clear()
            fact = {"id": "1", ALWAYS: 1, **{f"f{flag}": int(truths[flag]) for flag in flags}}
            state = self.host.assert_fact(name, dict(fact))
            _raise_exception(state)
            holding.update(self.found)
            _raise_exception(self.host.retract_fact(name, dict(fact)))
        return frozenset(holding)


def _raise_exception(state: Any) -> None:
    if isinstance(state, dict) and state.get("exception"):
        raise RuntimeError(f"durable_rules: {state['exception']}")


def _partitions(alternatives: Sequence[Alternative]) -> Iterator[list[Alternative]]:
    part: list[Alternative] = []
    flags: set[int] = set()
    for each in alternatives:
        if part and (len(part) == MAX_RULES - 1 or len(flags | set(each.flags)) > MAX_FLAGS):
            yield part
            part, flags = [], set()
        part.append(each)
        flags.update(each.flags)
    if part:
        yield part


_LOCK = threading.Lock()
_ENGINES: OrderedDict[tuple[int, str], _Engine] = OrderedDict()


def _engine(rules: Ruleset) -> _Engine:
    """Return this process's engine (a Host does not survive a fork), keeping the latest used."""
    key = (os.getpid(), rules.digest)
    if key not in _ENGINES:
        _ENGINES[key] = _Engine(rules)
        while len(_ENGINES) > KEPT_ENGINES:
            _ENGINES.popitem(last=False)
    _ENGINES.move_to_end(key)
    return _ENGINES[key]
