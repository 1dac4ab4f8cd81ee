"""The six rules as declared conditions: business-rules, and durable_rules without its cage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from business_rules.variables import (
    BaseVariables,
    numeric_rule_variable,
    string_rule_variable,
)
from durable.engine import Host

from benchmarks.contestants.contestant import Contestant
from benchmarks.contestants.scored import Scored, scored
from benchmarks.outcomes import RULES


class _Person(BaseVariables):  # type: ignore[misc]
    def __init__(self, facts: Scored) -> None:
        self.facts = facts

    @string_rule_variable()
    def grade(self) -> str:
        return str(self.facts["person"]["grade"])

    @numeric_rule_variable()
    def attained(self) -> float:
        return float(self.facts["person"]["attained"])

    @numeric_rule_variable()
    def customers(self) -> float:
        return float(self.facts["person"]["customers"])

    @numeric_rule_variable()
    def collection(self) -> float:
        return float(self.facts["person"]["collection"])

    @numeric_rule_variable()
    def win_rate(self) -> float:
        return float(self.facts["person"]["win_rate"])

    @numeric_rule_variable()
    def team(self) -> float:
        return float(self.facts["team"]["attained"])


class _Held(BaseActions):  # type: ignore[misc]
    def __init__(self) -> None:
        self.bits = 0

    @rule_action(params={"rule": FIELD_TEXT})
    def hold(self, rule: str) -> None:
        self.bits |= 1 << RULES.index(rule)


def _leaf(name: str, operator: str, value: object) -> dict[str, object]:
    return {"name": name, "operator": operator, "value": value}


def _grades(codes: str) -> dict[str, object]:
    return {"any": [_leaf("grade", "equal_to", code) for code in codes]}


_LATE = {"all": [_grades("C"), _leaf("attained", "less_than", 0.65)]}
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {"all": [_grades("SAB"), _leaf("attained", "greater_than_or_equal_to", 1)]},
    _grades("S"),
    {"all": [_leaf("customers", "greater_than_or_equal_to", 1.2)]},
    {
        "all": [
            _leaf("collection", "greater_than_or_equal_to", 100),
            _leaf("win_rate", "greater_than_or_equal_to", 100),
        ]
    },
    {"all": [_grades("SA"), _leaf("team", "greater_than_or_equal_to", 1.1)]},
    {"any": [_grades("D"), _LATE]},
)
_RULES = [
    {"conditions": condition, "actions": [{"name": "hold", "params": {"rule": rule}}]}
    for rule, condition in zip(RULES, _CONDITIONS, strict=True)
]


def _business(people: Sequence[Scored]) -> list[int]:
    found = []
    for person in people:
        held = _Held()
        run_all(_RULES, _Person(person), held)
        found.append(held.bits)
    return found


class _Quiet(Host):  # type: ignore[misc]
    """Without its polling threads; for the rest as it comes."""

    def _run(self) -> None:
        return


def _flat(people: Sequence[Scored]) -> list[dict[str, Any]]:
    """Joins of two facts hang in this version, so the team's figure stands in the person's."""
    return [
        {"id": "1", "always": 1, **each["person"], "team": each["team"]["attained"]}
        for each in people
    ]


class _Durable:
    def __init__(self) -> None:
        self.held: list[int] = []
        self.host = _Quiet()
        at_least = "$gte"
        grades = {code: {"grade": code} for code in "SABCD"}
        options: list[tuple[int, list[dict[str, Any]]]] = [
            *((0, [grades[code], {at_least: {"attained": 1.0}}]) for code in "SAB"),
            (1, [grades["S"]]),
            (2, [{at_least: {"customers": 1.2}}]),
            (3, [{at_least: {"collection": 100.0}}, {at_least: {"win_rate": 100.0}}]),
            *((4, [grades[code], {at_least: {"team": 1.1}}]) for code in "SA"),
            (5, [grades["D"]]),
            (5, [grades["C"], {"$lt": {"attained": 0.65}}]),
        ]
        rules: dict[str, Any] = {"always": {"all": [{"m": {"always": 1}}], "run": lambda _: None}}
        for number, (rule, terms) in enumerate(options):
            match = terms[0] if len(terms) == 1 else {"$and": terms}
            rules[f"r{number}"] = {"all": [{"m": match}], "run": self._holds(rule)}
        self.host.set_rulesets({"bench": rules})

    def _holds(self, rule: int) -> Any:
        def action(context: Any) -> None:  # noqa: ARG001
            self.held.append(rule)

        return action

    def run(self, people: Sequence[dict[str, Any]]) -> list[int]:
        found = []
        for person in people:
            self.held.clear()
            self.host.assert_fact("bench", dict(person))
            found.append(sum(1 << rule for rule in set(self.held)))
            self.host.retract_fact("bench", dict(person))
        return found


BUSINESS_RULES = Contestant(2_000, scored, _business, list, rules_only=True)
DURABLE_RULES = Contestant(
    2_000, lambda people: _flat(scored(people)), _Durable().run, list, rules_only=True
)
