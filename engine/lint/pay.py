"""Where pay or the score falls as results rise, and where pay jumps: found by evaluating.

Each fact that results are made of is swept over people who do worse than expected, as expected
and better. What is told is what came out: both points, with their facts and pay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.branches import Branch
from engine.checks import Problem
from engine.errors import N_
from engine.facts import FactColumn
from engine.lint.levels import Edges, at, contained, directions, edges, expected, unit
from engine.lint.probe import Item, Probe, probe
from engine.lint.sweep import Sweep, run
from engine.model import Policy
from engine.plain import plain_number
from engine.reader import Path
from engine.schema.said import Said

FACTORS = (Decimal("0.7"), Decimal(1), Decimal("1.2"))
BEYOND = 3
# A jump counts from this share of the most that is ever paid, and this many times the slope.
SHARE, STEEP = Decimal("0.01"), 4


@dataclass(frozen=True, slots=True)
class Step:
    """Two neighbouring points of a sweep, ``better`` being the one with the better result."""

    sweep: Sweep
    worse: int
    better: int

    @property
    def paid(self) -> Decimal:
        """Return how much more the better one is paid."""
        return self.sweep.points[self.better].pay - self.sweep.points[self.worse].pay

    @property
    def scored(self) -> Decimal:
        one, other = self.sweep.points[self.worse].total, self.sweep.points[self.better].total
        return Decimal(0) if one is None or other is None else other - one

    @property
    def width(self) -> int:
        return abs(self.better - self.worse)

    @property
    def crosses(self) -> bool:
        return self.sweep.points[self.better].side != self.sweep.points[self.worse].side

    def by_item(self) -> list[Decimal]:
        one, other = (self.sweep.points[place].by_item() for place in (self.worse, self.better))
        return [more - less for less, more in zip(one, other, strict=True)]


def pay(policy: Policy, ways: Sequence[Branch]) -> Iterator[Problem]:
    """Return the falls and jumps of a policy without faults."""
    instrument = probe(policy, ways)
    if not policy.kpis and not instrument.items:
        return
    known = edges(ways)
    sweeps = _sweeps(policy, instrument, known)
    run(instrument, sweeps, known)
    steps = [_in_direction(policy, sweep, sweeps) for sweep in sweeps]
    flat = [step for each in steps for step in each]
    yield from _falls(instrument.items, flat)
    yield from _score_falls(policy, flat)
    yield from _jumps(instrument.items, steps)


def _sweeps(policy: Policy, instrument: Probe, known: Edges) -> list[Sweep]:
    wants = [want for want in instrument.version.facts if want.type == "number"]
    level = expected(policy, wants, known)
    actuals = {kpi.actual for kpi in policy.kpis}
    results = {each.code for each in policy.measures} | actuals
    return [
        _sweep(policy, want, at(policy, wants, level, factor), level[want.name], known)
        for want in wants
        if want.name in results
        for factor in FACTORS
    ]


def _sweep(
    policy: Policy, want: FactColumn, others: Mapping[str, Decimal], level: Decimal, known: Edges
) -> Sweep:
    """Sweep as far as the facts stay possible: no more deals won than closed, none over zero."""
    one = unit(want)
    bottoms = {measure.ratio[1] for measure in policy.measures if measure.ratio}
    low = max(Decimal(0), want.least, one if want.name in bottoms else want.least)
    high = min(max([level * BEYOND, *(2 * edge for edge in known.get(want.name, ()))]), want.most)
    for part, whole in contained(policy):
        if want.name == part:
            high = min(high, others[whole])
        if want.name == whole:
            low = max(low, others[part])
    return Sweep(want.name, one, int(low / one), int(high / one), others)


def _in_direction(policy: Policy, sweep: Sweep, sweeps: Sequence[Sweep]) -> list[Step]:
    """Return the steps of a sweep from the worst result to the best."""
    places = sorted(sweep.points)
    if _is_better_lower(policy, sweep.name, [each for each in sweeps if each.name == sweep.name]):
        places.reverse()
    return [Step(sweep, one, other) for one, other in pairwise(places)]


def _is_better_lower(policy: Policy, name: str, sweeps: Sequence[Sweep]) -> bool:
    """Ask the KPIs; where none says, what pays more on the whole is better."""
    declared = directions(policy).get(name)
    if declared is not None:
        return declared == "lower"
    ends = [Step(each, min(each.points), max(each.points)) for each in sweeps if each.points]
    trend = sum((each.paid for each in ends), Decimal(0))
    return (trend or sum((each.scored for each in ends), Decimal(0))) < 0


def _falls(items: Sequence[Item], steps: Sequence[Step]) -> Iterator[Problem]:
    """Tell the deepest fall of each item along each fact."""
    deepest: dict[tuple[int, str], Step] = {}
    for step in steps:
        if step.paid < 0:
            changes = step.by_item()
            key = (changes.index(min(changes)), step.sweep.name)
            if key not in deepest or step.paid < deepest[key].paid:
                deepest[key] = step
    for (number, name), step in deepest.items():
        yield (
            items[number].path,
            Said(
                "lint.pay_falls",
                N_(
                    "Pay falls by {change}, from {first} to {second}, where `{name}` gets better, "
                    "from {worse} to {better} (with {others})."
                ),
                N_("Let what is paid go on where the threshold begins, or pay the more of both."),
                change=plain_number(-step.paid),
                **_points(step, name),
            ),
        )


def _score_falls(policy: Policy, steps: Sequence[Step]) -> Iterator[Problem]:
    deepest: dict[str, Step] = {}
    for step in steps:
        name = step.sweep.name
        if step.scored < min(0, deepest[name].scored if name in deepest else 0):
            deepest[name] = step
    for name, step in deepest.items():
        one, other = step.sweep.points[step.worse].total, step.sweep.points[step.better].total
        assert one is not None
        assert other is not None
        told = {**_points(step, name), "first": plain_number(one), "second": plain_number(other)}
        yield (
            _scored_by(policy, name),
            Said(
                "lint.score_falls",
                N_(
                    "The total falls from {first} to {second} where `{name}` gets better, "
                    "from {worse} to {better} (with {others})."
                ),
                N_("Let the points rise with the result; check rows, caps and what zero means."),
                at_key=True,
                **told,
            ),
        )


def _scored_by(policy: Policy, name: str) -> Path:
    """Return where the first KPI of a fact stands."""
    ratios = {each.code: each.ratio for each in policy.measures if each.ratio}
    parts = {kpi.code: ratios.get(kpi.actual, (kpi.actual,)) for kpi in policy.kpis}
    return next((("kpis", code) for code, names in parts.items() if name in names), ("kpis",))


def _jumps(items: Sequence[Item], sweeps: Sequence[Sequence[Step]]) -> Iterator[Problem]:
    """Tell the highest jump of each item: pay that one unit more of a result decides."""
    highest: dict[int, Step] = {}
    for steps in sweeps:
        most = max(
            (point.pay for step in steps[:1] for point in step.sweep.points.values()),
            default=Decimal(0),
        )
        for place, step in enumerate(steps):
            if _is_jump(steps, place, most):
                changes = step.by_item()
                number = changes.index(max(changes))
                if number not in highest or step.paid > highest[number].paid:
                    highest[number] = step
    for number, step in highest.items():
        yield (
            items[number].path,
            Said(
                "lint.cliff",
                N_(
                    "Pay jumps by {change}, from {first} to {second}, where `{name}` goes "
                    "from {worse} to {better} (with {others})."
                ),
                N_("Marginal tiers or a line between points would pay each step its own part."),
                change=plain_number(step.paid),
                **_points(step, step.sweep.name),
            ),
        )


def _is_jump(steps: Sequence[Step], place: int, most: Decimal) -> bool:
    """Compare a step of one unit over a threshold with the slope on both sides of it."""
    step = steps[place]
    if step.width != 1 or not step.crosses or step.paid < max(Decimal(1), most * SHARE):
        return False
    beside = [steps[near] for near in (place - 1, place + 1) if 0 <= near < len(steps)]
    slopes = [abs(each.paid) / each.width for each in beside]
    return step.paid > STEEP * max(slopes, default=Decimal(0))


def _points(step: Step, name: str) -> dict[str, Any]:
    """Word both points: the fact, what is paid, and what everything else is."""
    sweep = step.sweep
    return {
        "name": name,
        "worse": plain_number(step.worse * sweep.unit),
        "better": plain_number(step.better * sweep.unit),
        "first": plain_number(sweep.points[step.worse].pay),
        "second": plain_number(sweep.points[step.better].pay),
        "others": ", ".join(
            f"{other} {plain_number(value)}"
            for other, value in sweep.others.items()
            if other != name
        ),
    }
