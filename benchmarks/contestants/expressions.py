"""The six rules as expressions: CEL compiled, rule-engine, and zen one by one and in batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import rule_engine
import zen
from cel import compile as compile_cel

from benchmarks.contestants.contestant import Contestant
from benchmarks.contestants.scored import Scored, scored
from benchmarks.outcomes import RULES

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
    programs = [compile_cel(each).execute for each in CONDITIONS]
    return Contestant(10_000, scored, _bits(programs), list, rules_only=True)


def _rule_engine() -> Contestant:
    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    rules = [rule_engine.Rule(each, context=context).matches for each in WORDED]
    return Contestant(2_000, scored, _bits(rules), list, rules_only=True)


def _decision() -> dict[str, Any]:
    """One expression node that says of each rule whether it holds."""
    said = [
        {"id": rule, "key": rule, "value": condition.replace("'", '"')}
        for rule, condition in zip(RULES, WORDED, strict=True)
    ]
    return {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode"},
            {
                "id": "rules",
                "name": "rules",
                "type": "expressionNode",
                "content": {"expressions": said},
            },
            {"id": "out", "name": "out", "type": "outputNode"},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "rules"},
            {"id": "2", "sourceId": "rules", "targetId": "out"},
        ],
    }


def _zen() -> Contestant:
    decision = zen.ZenEngine().create_decision(json.dumps(_decision()))

    def run(people: Sequence[Scored]) -> list[dict[str, bool]]:
        return [decision.evaluate(person)["result"] for person in people]

    return Contestant(5_000, scored, run, _told_zen, rules_only=True)


def _zen_batch() -> Contestant:
    content = _decision()
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"rules": content}}})

    def run(people: Sequence[Scored]) -> list[dict[str, bool]]:
        found: list[dict[str, bool]] = []
        for start in range(0, len(people), BATCH):
            asked = [{"key": "rules", "context": each} for each in people[start : start + BATCH]]
            found += [answer["data"]["result"] for answer in engine.evaluate_batch(asked)]
        return found

    return Contestant(5_000, scored, run, _told_zen, rules_only=True)


def _told_zen(found: Sequence[dict[str, bool]]) -> list[int]:
    return [sum(1 << place for place, rule in enumerate(RULES) if each[rule]) for each in found]


CEL, RULE_ENGINE, ZEN, ZEN_BATCH = _cel(), _rule_engine(), _zen(), _zen_batch()
