"""Gaps and overlaps between rules that look at the same figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.checks import Problem
from engine.errors import N_
from engine.lint.conditions import Box, Values, overlap, ways
from engine.lint.ranges import Reach
from engine.lint.spans import Span, Spans, holes, is_point, worded
from engine.model import Rule
from engine.schema.said import Said


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where one rule holds along one figure, everything else being equal."""

    rule: Rule
    spans: Spans


def gaps(rules: Sequence[Rule], reach: Reach) -> Iterator[Problem]:
    """Find what is left out between two rules.

    A single value left out is told of any two rules, a stretch only of rules that give the same:
    it is usual that nothing is due between a bonus and a training.
    """
    for name, family in _along(rules, reach).items():
        for hole in holes(span for each in family for span in each.spans):
            below = [each.rule for each in family if any(s.high == hole.low for s in each.spans)]
            above = [each.rule for each in family if any(s.low == hole.high for s in each.spans)]
            pairs = [(one, other) for one in below for other in above if one is not other]
            pair = next((p for p in pairs if is_point(hole) or _same_effect(*p)), None)
            if pair:
                yield _between(pair, name[0], hole)


def overlaps(rules: Sequence[Rule], reach: Reach) -> Iterator[Problem]:
    """Find values for which two rules both pay the same kind, or a single one that they share."""
    boxes: dict[frozenset[str], list[tuple[Rule, Box]]] = defaultdict(list)
    for rule in rules:
        for way in ways(rule.when, reach):
            if way.is_possible:
                boxes[frozenset(way.box)].append((rule, way.box))
    told: set[str] = set()  # one of the rules before is enough to look at
    for alike in boxes.values():
        for (one, left), (other, right) in combinations(alike, 2):
            shared = overlap(left, right) if one is not other else None
            if shared is None or other.code in told:
                continue
            if _pays(one) & _pays(other) or _at_one_point(left, right, shared):
                told.add(other.code)
                yield _both(one, other, shared)


def _along(
    rules: Sequence[Rule], reach: Reach
) -> Mapping[tuple[str, frozenset[tuple[str, Values]]], list[_Stretch]]:
    """Lay rules side by side that differ in one figure only."""
    found: dict[tuple[str, frozenset[tuple[str, Values]]], list[_Stretch]] = defaultdict(list)
    for rule in rules:
        for way in ways(rule.when, reach):
            for name, values in way.box.items():
                if way.is_possible and isinstance(values, tuple):
                    rest = frozenset(each for each in way.box.items() if each[0] != name)
                    found[name, rest].append(_Stretch(rule, values))
    return found


def _effects(rule: Rule) -> set[tuple[str | None, str | None]]:
    return {(action.grant, action.conclude) for action in rule.then}


def _same_effect(one: Rule, other: Rule) -> bool:
    return bool(_effects(one) & _effects(other))


def _pays(rule: Rule) -> set[str]:
    return {action.grant for action in rule.then if action.grant and action.amount is not None}


def _at_one_point(left: Box, right: Box, shared: Box) -> bool:
    """Say whether two rules meet in a single value of a figure that none of them names alone."""
    return any(
        isinstance(values, tuple)
        and len(values) == 1
        and is_point(values[0])
        and values not in (left[name], right[name])
        for name, values in shared.items()
    )


def _between(pair: tuple[Rule, Rule], name: str, hole: Span) -> Problem:
    one, other = pair
    return (
        ("rules", other.code, "when"),
        Said(
            "lint.gap",
            N_("Neither `{first}` nor `{second}` holds where `{name}` is {range}."),
            N_("Let one of them begin where the other ends, or say that nothing is due there."),
            first=one.code,
            second=other.code,
            name=name,
            range=worded(hole),
        ),
    )


def _both(one: Rule, other: Rule, shared: Box) -> Problem:
    return (
        ("rules", other.code, "when"),
        Said(
            "lint.overlap",
            N_("`{first}` and `{second}` hold together where {where}."),
            N_("End one of them where the other begins, unless both are meant."),
            first=one.code,
            second=other.code,
            where="; ".join(f"{name}: {_shown(values)}" for name, values in shared.items()),
        ),
    )


def _shown(values: Values) -> str:
    if isinstance(values, frozenset):
        return ", ".join(sorted(values))
    return "; ".join(map(worded, values))
