"""What a correction moves 涟漪: everybody whose rank, share, grade or pay would be another.

Both sides are whole computations of the cycle under its own version, so before and after are
exact. Kept as canonical JSON, whose digest says which effect somebody decided on.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any

from engine import canonical
from engine.model import Policy
from engine.plain import dumps, plain_number
from workflows.cycles.evaluation import Bytes, Values, read_results

# Of a person's computation, what is told of each side; all are canonical text.
Side = dict[str, str | None]
# Told first; grants and places follow by their names.
_FIRST = ("total", "rank", "grade", "pay")


@dataclass(frozen=True, slots=True)
class Moved:
    """One person before and after: total, rank, grade, pay, and each grant or place that moves.

    The sides' names are ``total``, ``rank``, ``grade``, ``pay``, ``grant.<rule>`` and
    ``step.<code>`` for a rank or share among others; only those that differ are in ``changes``.
    """

    person: str
    before: Side
    after: Side
    is_own: bool

    @property
    def changes(self) -> tuple[str, ...]:
        names = dict.fromkeys((*_FIRST, *sorted({*self.before, *self.after})))
        return tuple(name for name in names if self.before.get(name) != self.after.get(name))

    @property
    def pay(self) -> Decimal:
        """By how much the pay differs, in the currency's main unit."""
        return Decimal(self.after["pay"] or 0) - Decimal(self.before["pay"] or 0)


@dataclass(frozen=True, slots=True)
class Effect:
    """Whom a correction moves, its author first; how many have each grade before and after."""

    moved: tuple[Moved, ...]
    grades_before: Mapping[str, int]
    grades_after: Mapping[str, int]

    @property
    def text(self) -> str:
        """Canonical JSON; ``read_effect`` reads it back."""
        return dumps(
            {
                "moved": [asdict(each) for each in self.moved],
                "grades_before": dict(self.grades_before),
                "grades_after": dict(self.grades_after),
            }
        )

    @property
    def digest(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    @property
    def pay(self) -> Decimal:
        """By how much all that is granted differs."""
        return sum((each.pay for each in self.moved), Decimal(0))


def effect_of(
    policy: Policy, before: Bytes, after: Bytes, person: str, granted: Collection[str]
) -> Effect:
    """Return what differs between two computations of a cycle; ``person`` is who appeals.

    Only who is in ``granted`` has pay: whoever is held back has none on either side.
    """
    sides = [_sides(policy, each, granted) for each in (before, after)]
    moved = (
        Moved(code, sides[0][code], sides[1][code], code == person)
        for code in sorted(sides[0])
        if sides[0][code] != sides[1][code]
    )
    return Effect(
        tuple(sorted(moved, key=lambda each: (not each.is_own, -abs(each.pay), each.person))),
        _grades(policy, sides[0].values()),
        _grades(policy, sides[1].values()),
    )


def read_effect(text: str) -> Effect:
    """Read an effect back from its text."""
    kept: dict[str, Any] = json.loads(text)
    moved = tuple(Moved(**each) for each in kept["moved"])
    return Effect(moved, kept["grades_before"], kept["grades_after"])


def _sides(policy: Policy, computed: Bytes, granted: Collection[str]) -> dict[str, Side]:
    results = read_results(computed.outputs)
    ranks = _ranks(results)
    grants: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    plain: dict[str, Counter[str]] = defaultdict(Counter)
    for grant in canonical.grants(computed.grants):
        if grant.person not in granted:
            continue
        if grant.amount is None:
            plain[grant.person][f"grant.{grant.rule}"] += 1
        else:
            grants[grant.person][f"grant.{grant.rule}"] += grant.amount
    places = [step.code for step in policy.steps if step.over is not None]
    return {
        code: {
            "total": row.get("total"),
            "rank": ranks.get(code),
            "grade": row.get("final_grade") or row.get("grade"),
            "pay": plain_number(sum(grants[code].values(), Decimal(0))),
            **{name: plain_number(amount) for name, amount in grants[code].items()},
            **{name: f"×{count}" for name, count in plain[code].items()},
            **{f"step.{name}": row.get(name) for name in places},
        }
        for code, row in results.items()
    }


def _ranks(results: Mapping[str, Values]) -> dict[str, str]:
    """Return everybody's place by total, the highest first; who has the same has the same place."""
    totals = {code: Decimal(row["total"]) for code, row in results.items() if row.get("total")}
    ordered = sorted(totals.values(), reverse=True)
    first = {total: place for place, total in reversed(list(enumerate(ordered, 1)))}
    return {code: str(first[total]) for code, total in totals.items()}


def _grades(policy: Policy, sides: Iterable[Side]) -> dict[str, int]:
    counted = Counter(side["grade"] for side in sides)
    return {grade.code: counted.get(grade.code, 0) for grade in policy.grades}


def seen_by(effect: Effect, visible: Collection[str]) -> Iterator[Moved]:
    """Give those of whom the reader may see the pay."""
    return (each for each in effect.moved if each.person in visible)
