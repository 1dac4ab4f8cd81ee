"""Many imagined people in one frame, each a scope of their own: what each would be paid.

Decisions are columns here: what a rule does to pay is the same, and thousands of scenarios
that differ in every comparison would be as many inferences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from engine.branches import Branch
from engine.compile import compile_policy
from engine.compiling.conditions import leaves, pushed
from engine.definitions import Condition, Decided, Definition
from engine.evaluate import evaluate
from engine.facts import DECIMAL, SCENARIO, FactColumn
from engine.forms.scorecard import definitions
from engine.forms.shared import literal
from engine.grants import offers
from engine.language.expression import Compare, Expression, Name
from engine.language.wording import spell
from engine.model import Bilingual, Kpi, Policy
from engine.reader import Path
from engine.version import Version

Facts = Mapping[str, Decimal]
AT_ONCE = 15_000  # people in one frame
_PHYSICAL = 10  # places of what is shown, as whole numbers


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that pays: the column of its amount, and the flag that it depends on."""

    path: Path
    amount: str
    flag: str | None = None

    def column(self) -> pl.Expr:
        paid = pl.col(self.amount).to_physical().fill_null(0)
        return paid if self.flag is None else pl.when(pl.col(self.flag)).then(paid).otherwise(0)


@dataclass(frozen=True, slots=True)
class Point:
    """What came out for one person; ``side`` tells the sides of all thresholds apart.

    ``items`` are the amounts of a whole call, a row per person and a column per item, and
    ``row`` this person's: only a few people are ever looked at that closely.
    """

    pay: Decimal
    total: Decimal | None
    side: int
    items: pl.DataFrame
    row: int

    def by_item(self) -> list[Decimal]:
        return [Decimal(each).scaleb(-_PHYSICAL) for each in self.items.row(self.row)]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who has the facts of the scene with that number, but for one."""

    scene: int
    name: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Probe:
    version: Version
    items: tuple[Item, ...]
    thresholds: tuple[str, ...]

    def points(self, scenes: Sequence[Facts], people: Sequence[Person]) -> list[Point]:
        """Evaluate all of them; the points are in the order of ``people``."""
        parts = [people[at : at + AT_ONCE] for at in range(0, len(people), AT_ONCE)]
        return [point for part in parts for point in self._points(scenes, part)]

    def _points(self, scenes: Sequence[Facts], people: Sequence[Person]) -> list[Point]:
        frame = evaluate(self.version, self._frame(scenes, people), only=self._wanted()).frame
        items = frame.select(
            each.column().alias(str(number)) for number, each in enumerate(self.items)
        )
        pays = items.sum_horizontal().to_list() if items.width else [0] * len(people)
        totals = frame["total"].to_list() if "total" in frame.columns else [None] * len(people)
        sides = _sides(frame.select("person", *self.thresholds))
        return [
            Point(Decimal(paid).scaleb(-_PHYSICAL), total, side, items, row)
            for row, (paid, total, side) in enumerate(zip(pays, totals, sides, strict=True))
        ]

    def _wanted(self) -> list[str]:
        """Name what is looked at, once each."""
        scored = ["total"] if self.version.policy.kpis else []
        paid = [name for each in self.items for name in (each.amount, each.flag) if name]
        return list(dict.fromkeys([*scored, *paid, *self.thresholds]))

    def _frame(self, scenes: Sequence[Facts], people: Sequence[Person]) -> pl.DataFrame:
        """Lay out the facts column by column, the swept one put over its scene's."""
        scene = pl.Series([each.scene for each in people], dtype=pl.UInt32)
        swept = pl.Series([each.name for each in people])
        values = pl.Series([each.value for each in people], dtype=DECIMAL)
        found: dict[str, pl.Series] = {}
        for want in self.version.facts:
            if want.name == SCENARIO.name:
                found[want.name] = pl.Series(range(len(people))).cast(pl.String)
            elif want.type == "text":
                word = _word(self.version.policy, want)
                found[want.name] = pl.Series([word] * len(people), dtype=pl.String)
            else:
                given = pl.Series([each[want.name] for each in scenes], dtype=DECIMAL).gather(scene)
                found[want.name] = values.zip_with(swept == want.name, given)
        return pl.DataFrame(found)


def probe(policy: Policy, ways: Sequence[Branch]) -> Probe:
    """Compile a policy for probing."""
    watched = _thresholds(policy, ways)
    written = [*map(_undecided, definitions(policy)), *watched]
    version = _lenient(compile_policy(policy, scenarios=True, written=written))
    return Probe(version, tuple(_items(policy)), tuple(each.name for each in watched))


def _lenient(version: Version) -> Version:
    """Leave what the policy refuses (a base of zero, say) without a value, among so many people."""
    measured, granted = (
        tuple(replace(layer, refused=()) for layer in layers)
        for layers in (version.measured, version.granted)
    )
    return replace(version, measured=measured, granted=granted)


def _word(policy: Policy, want: FactColumn) -> str | None:
    """Return a text that fits: the first option where one is needed, and the latest date."""
    if want.unit == "date":
        starts = [dated.start for constant in policy.constants for dated in constant.values]
        return max(starts, default="2000-01-01")
    if want.labels:
        return want.labels[0] if want.required else None
    return "1"


def _undecided(definition: Definition) -> Definition:
    """Make a column of a rule."""
    what = definition.what
    return (
        replace(definition, what=Condition(what.when)) if isinstance(what, Decided) else definition
    )


def _items(policy: Policy) -> list[Item]:
    """Return what can pay, and where it stands; a pool's share is named after the pool."""
    found = []
    for offer in offers(policy):
        if offer.amount is not None:
            pooled = offer.amount.startswith("pool.")
            section = "rules" if offer.holds else "pools" if pooled else "steps"
            found.append(Item((section, offer.rule), offer.amount, offer.holds))
    return found


def _thresholds(policy: Policy, ways: Sequence[Branch]) -> list[Definition]:
    """Define a truth for each comparison that the policy makes anywhere, once each."""
    found: dict[tuple[str, bool], Definition] = {}
    zeros = [(zero, True) for kpi in policy.kpis for zero in _zeros(kpi)]
    compared = [
        (leaf, branch.of.measured)
        for branch in ways
        if branch.kind != "unruled"
        for leaf in leaves(pushed(branch.when))
    ]
    for leaf, measured in [*zeros, *compared]:
        key = (spell(leaf), measured)
        if key not in found:
            name, what = f"threshold {len(found)}", Condition(leaf)
            found[key] = Definition(name, Bilingual("", ""), what, "flag", (), measured=measured)
    return list(found.values())


def _zeros(kpi: Kpi) -> list[Expression]:
    """Return what parts an attainment from the declared treatments of zero."""
    parts = ("actual", "target") if kpi.target is not None else ()
    return [Compare("==", Name(f"{kpi.code}.{part}"), literal(Decimal(0))) for part in parts]


def _sides(flags: pl.DataFrame) -> list[int]:
    return flags.hash_rows().to_list()
