"""Every threshold of every policy we have: at it, one unit under and one over, as the oracle says.

No threshold is listed here. Every number that stands in a policy is tried as a value of every
fact, by itself and as a part of every other fact (an attainment); and where the outcome turns
between two such values (a grade on the total, say), the unit at which it turns is sought out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from engine.facts import FactColumn
from engine.version import Version
from tests.engine.helping import POLICIES, scored, version
from tests.engine.oracle import Row, outcome
from tests.engine.oracle.comparing import same

FILES = [
    *sorted(POLICIES.glob("*/policy.yaml")),
    *sorted((Path(__file__).parent / "published").glob("*.yaml")),
]
Facts = dict[str, Fraction]


def numbers(of: object) -> Iterator[Decimal]:
    """Give every number that stands in a policy."""
    if isinstance(of, Decimal):
        yield of
    elif isinstance(of, tuple):
        for each in of:
            yield from numbers(each)
    elif is_dataclass(of):
        for each in fields(of):
            yield from numbers(getattr(of, each.name))


def usual(of: Version) -> Facts:
    """Facts of somebody in the middle of things."""
    return {
        fact.name: Fraction(min(max(Decimal(100), fact.least), fact.most))
        for fact in of.facts
        if fact.type == "number"
    }


def candidates(of: Version, fact: FactColumn, base: Facts) -> list[Fraction]:
    """The fact's values at which something may change, in order."""
    known = {Fraction(each) for each in numbers(of.policy)}
    scaled = {number * other for number in known for other in set(base.values())}
    unit = Fraction(1, 10**fact.places)
    at = {each // unit * unit for each in known | scaled}
    near = {each + step * unit for each in at for step in (-1, 0, 1)}
    return sorted(each for each in near if fact.least <= each <= fact.most)


def judged(of: Version, facts: Facts) -> Row:
    cells = {name: written(value) for name, value in facts.items()}
    (row,) = outcome(of.policy, [{"person": "P", "team": "T", **cells}])
    return row


def turns(of: Version, fact: FactColumn, base: Facts, values: list[Fraction]) -> Iterator[Fraction]:
    """Give the values next to which the grade or a rule turns."""
    rules = [f"rule.{rule.code}" for rule in of.policy.rules]

    def words(value: Fraction) -> list[Any]:
        found = judged(of, {**base, fact.name: value})
        return [found[each] for each in ("grade", *rules) if each in found.ways]

    unit = Fraction(1, 10**fact.places)
    for low, high in pairwise(values):
        below, above = low, high
        first = words(low)
        if first == words(high):
            continue
        while above - below > unit:
            middle = (below + above) / 2 // unit * unit
            below, above = (middle, above) if words(middle) == first else (below, middle)
        yield from (below - unit, below, above, above + unit)


def rows(of: Version) -> list[Facts]:
    base = usual(of)
    found = []
    for fact in of.facts:
        if fact.type == "number":
            values = candidates(of, fact, base)
            more = [each for each in turns(of, fact, base, values) if fact.least <= each]
            found += [{**base, fact.name: value} for value in (*values, *more)]
    return found


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_at_every_threshold_and_a_unit_to_either_side(path: Path) -> None:
    of = version(path.read_text(encoding="utf-8"))
    people = rows(of)
    cells = [
        {"person": f"P{n}", "team": f"T{n}"}
        | {name: written(value) for name, value in each.items()}
        for n, each in enumerate(people)
    ]
    frame = scored(of, cells).frame
    wrong = []
    shown = {each.code: each.digits for each in of.policy.measures if each.ratio}
    for facts, found in zip(people, frame.drop("person", "team").rows(named=True), strict=True):
        expected = judged(of, facts)
        wrong += [
            (name, facts, value, expected.get(name))
            for name, value in found.items()
            if not same(value, expected, name, shown)
        ]
    assert wrong[:3] == []
    assert len(people) >= 6


def written(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
