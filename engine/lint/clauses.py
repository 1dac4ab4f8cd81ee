"""Gaps and overlaps between conditions that look at the same figures: rules, rows of a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from engine.checking.sections import Problem
from engine.definitions import Definition, Lookup
from engine.errors import N_
from engine.language.expression import Expression
from engine.lint.conditions import Box, Values, overlap, ways
from engine.lint.ranges import Reach
from engine.lint.spans import Span, Spans, holes, is_point, worded
from engine.model import DecisionTable, Policy
from engine.reader import Path
from engine.schema.said import Said


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition and what follows from it.

    Two clauses with an effect in common should leave no gap between them; two that both give
    one of ``once`` should not hold together.
    """

    code: str
    path: Path
    when: Expression
    effects: frozenset[str]
    once: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Where one clause holds along one figure, everything else being equal."""

    clause: Clause
    spans: Spans


def ruled(policy: Policy) -> list[Clause]:
    """Return the rules of a policy: money of a kind should be paid by one of them."""
    return [
        Clause(
            rule.code,
            ("rules", rule.code, "when"),
            rule.when,
            frozenset(f"{each.grant or each.conclude}" for each in rule.then),
            frozenset(each.grant for each in rule.then if each.grant and each.amount is not None),
        )
        for rule in policy.rules
    ]


def _tabled(definitions: Sequence[Definition]) -> Iterator[tuple[DecisionTable, list[Clause]]]:
    """Return each decision table with the conditions of its rows."""
    for definition in definitions:
        table = definition.what.table if isinstance(definition.what, Lookup) else None
        if isinstance(table, DecisionTable):
            given = frozenset({definition.name})
            path = (*definition.path, "rows")
            yield (
                table,
                [
                    Clause(f"{definition.name} {n + 1}", (*path, n), row.when, given, given)
                    for n, row in enumerate(table.rows)
                    if row.when is not None
                ],
            )


def in_tables(definitions: Sequence[Definition], reach: Reach) -> Iterator[Problem]:
    """Find values that no row is for, where none is open, and rows that only one may hold of."""
    for table, clauses in _tabled(definitions):
        if table.hit != "collect" and len(clauses) == len(table.rows):
            yield from gaps(clauses, reach)
        if table.hit == "unique":
            yield from overlaps(clauses, reach)


def gaps(clauses: Sequence[Clause], reach: Reach) -> Iterator[Problem]:
    """Find what is left out between two clauses.

    A single value left out is told of any two, a stretch only of those that give the same: it is
    usual that nothing is due between a bonus and a training.
    """
    for (name, _), family in _along(clauses, reach).items():
        for hole in holes(span for each in family for span in each.spans):
            below = [each.clause for each in family if any(s.high == hole.low for s in each.spans)]
            above = [each.clause for each in family if any(s.low == hole.high for s in each.spans)]
            pairs = [(one, other) for one in below for other in above if one is not other]
            told = (pair for pair in pairs if is_point(hole) or pair[0].effects & pair[1].effects)
            yield from (_between(*pair, name, hole) for pair in islice(told, 1))


def overlaps(clauses: Sequence[Clause], reach: Reach) -> Iterator[Problem]:
    """Find values for which two clauses give the same, or a single one at which both hold."""
    boxes: dict[frozenset[str], list[tuple[Clause, Box]]] = defaultdict(list)
    for clause in clauses:
        for way in ways(clause.when, reach):
            if way.is_possible:
                boxes[frozenset(way.box)].append((clause, way.box))
    told: set[str] = set()  # one of the clauses before is enough to look at
    for alike in boxes.values():
        for (one, left), (other, right) in combinations(alike, 2):
            shared = overlap(left, right) if one is not other else None
            if shared is None or other.code in told:
                continue
            if one.once & other.once or _at_one_point(left, right, shared):
                told.add(other.code)
                yield _both(one, other, shared)


def _along(
    clauses: Sequence[Clause], reach: Reach
) -> Mapping[tuple[str, frozenset[tuple[str, Values]]], list[_Stretch]]:
    """Lay clauses side by side that differ in one figure only."""
    found: dict[tuple[str, frozenset[tuple[str, Values]]], list[_Stretch]] = defaultdict(list)
    for clause in clauses:
        for way in ways(clause.when, reach):
            for name, values in way.box.items():
                if way.is_possible and isinstance(values, tuple):
                    rest = frozenset(each for each in way.box.items() if each[0] != name)
                    found[name, rest].append(_Stretch(clause, values))
    return found


def _at_one_point(left: Box, right: Box, shared: Box) -> bool:
    """Say whether two clauses meet in a single value of a figure that neither names alone."""
    return any(
        isinstance(values, tuple)
        and len(values) == 1
        and is_point(values[0])
        and values not in (left[name], right[name])
        for name, values in shared.items()
    )


def _between(one: Clause, other: Clause, name: str, hole: Span) -> Problem:
    return (
        other.path,
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


def _both(one: Clause, other: Clause, shared: Box) -> Problem:
    return (
        other.path,
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
