"""CEL compiled and zen with the whole policy; rule-engine with the six rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import rule_engine
import zen
from cel import Context
from cel import compile as compile_cel

from benchmarks.contestants.contestant import Contestant
from benchmarks.contestants.formulas import facts, formulas, told
from benchmarks.contestants.scored import scored

CONDITIONS = (
    "(person.grade == 'S' || person.grade == 'A' || person.grade == 'B') && person.attained >= 1.0",
    "person.grade == 'S'",
    "person.customers >= 1.2",
    "person.collection >= 100.0 && person.win_rate >= 100.0",
    "(person.grade == 'S' || person.grade == 'A') && team.attained >= 1.1",
    "person.grade == 'D' || (person.grade == 'C' && person.attained < 0.65)",
)
WORDED = [each.replace("||", "or").replace("&&", "and") for each in CONDITIONS]
BATCH = 1_000


def _bits(asked: Sequence[Callable[[Any], bool]]) -> Callable[[Sequence[Any]], list[int]]:
    def run(people: Sequence[Any]) -> list[int]:
        return [
            sum(1 << place for place, holds in enumerate(asked) if holds(person))
            for person in people
        ]

    return run


def _cel() -> Contestant:
    """CEL has no rounding: a whole number is what int() leaves."""
    written = formulas(
        lambda name: name, lambda of, digits: f"double(int(({of}) * 1e{digits} + 0.5)) / 1e{digits}"
    )
    programs = [(name, compile_cel(text)) for name, text in written.items()]

    def run(people: Sequence[dict[str, float]]) -> list[dict[str, Any]]:
        found = []
        for person in people:
            context, values = Context(person), {}
            for name, program in programs:
                values[name] = program.execute(context)
                context.add_variable(name, values[name])
            found.append(values)
        return found

    return Contestant(5_000, facts, run, lambda found: [told(each) for each in found])


def _rule_engine() -> Contestant:
    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    rules = [rule_engine.Rule(each, context=context).matches for each in WORDED]
    return Contestant(2_000, scored, _bits(rules), list, rules_only=True)


def _decision() -> dict[str, Any]:
    """One expression node with the whole policy; each line may ask for those before it."""
    written = formulas(
        lambda name: f"$.{name}",
        lambda of, digits: f"floor(({of}) * {10**digits} + 0.5) / {10**digits}",
    )
    said = [
        {"id": name, "key": name, "value": text.replace("&&", "and").replace("||", "or")}
        for name, text in written.items()
    ]
    content = {"expressions": said}
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {"id": "policy", "name": "policy", "type": "expressionNode", "content": content},
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "policy"},
            {"id": "2", "sourceId": "policy", "targetId": "out"},
        ],
    }


def _zen() -> Contestant:
    decision = zen.ZenEngine().create_decision(json.dumps(_decision()))

    def run(people: Sequence[dict[str, float]]) -> list[dict[str, Any]]:
        return [decision.evaluate(person)["result"] for person in people]

    return Contestant(5_000, facts, run, lambda found: [told(each) for each in found])


def _zen_batch() -> Contestant:
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"policy": _decision()}}})

    def run(people: Sequence[dict[str, float]]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for start in range(0, len(people), BATCH):
            asked = [{"key": "policy", "context": each} for each in people[start : start + BATCH]]
            found += [answer["data"]["result"] for answer in engine.evaluate_batch(asked)]
        return found

    return Contestant(10_000, facts, run, lambda found: [told(each) for each in found])


CEL, RULE_ENGINE, ZEN, ZEN_BATCH = _cel(), _rule_engine(), _zen(), _zen_batch()
