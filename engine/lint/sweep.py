"""One fact from nothing to far beyond what is expected, with a point on each side of every
threshold that it crosses on the way.

Points begin evenly; between two that lie on different sides of some threshold more are put,
until they are one unit apart. All sweeps are evaluated together, a call for each round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from engine.facts import FactColumn
from engine.lint.levels import Edges, at, contained, expected, rated_by, unit
from engine.lint.probe import Facts, Person, Point, Probe
from engine.model import Policy

FACTORS = (Decimal("0.7"), Decimal(1), Decimal("1.2"))
BEYOND = 3  # times what is expected
EVENLY = 24
BETWEEN = 7
# Enough for 8 ** 16 units; a sweep ends when nothing is left to tell apart.
ROUNDS = 16


@dataclass(frozen=True, slots=True)
class Sweep:
    """``name`` goes from ``low`` to ``high`` units of size ``unit``; ``others`` stay.

    ``points`` by how many units the fact has.
    """

    name: str
    unit: Decimal
    low: int
    high: int
    others: Facts
    points: dict[int, Point] = field(default_factory=dict)

    def evenly(self, known: Sequence[Decimal]) -> list[int]:
        """Return where to begin: even steps, and the numbers that the policy itself names."""
        width = self.high - self.low
        steps = {self.low + width * step // EVENLY for step in range(EVENLY + 1)}
        named = {int(each // self.unit) for each in known}
        return sorted(steps | {each for each in named if self.low <= each <= self.high})

    def closer(self) -> list[int]:
        """Return points between those that a threshold parts."""
        found: list[int] = []
        for one, other in self.parted():
            width = other - one
            steps = min(width, BETWEEN + 1)
            found += [one + width * step // steps for step in range(1, steps)]
        return found

    def parted(self) -> list[tuple[int, int]]:
        return [
            (one, other)
            for one, other in pairwise(sorted(self.points))
            if self.points[one].side != self.points[other].side
        ]


def no_pause() -> None:
    """Go on."""


def sweeps_of(policy: Policy, facts: Sequence[FactColumn], known: Edges) -> list[Sweep]:
    """Sweep each fact that results are made of, among people who do worse, as expected, better."""
    wants = [want for want in facts if want.type == "number"]
    level = expected(policy, wants, known)
    actuals = {name for kpi in policy.kpis for name in (kpi.actual, *rated_by(kpi))}
    results = {each.code for each in policy.measures} | actuals
    within, bottoms = contained(policy), {each.ratio[1] for each in policy.measures if each.ratio}
    people = [at(policy, wants, level, factor, within) for factor in FACTORS]
    found = []
    for want in wants:
        if want.name in results:
            far = max([level[want.name] * BEYOND, *(2 * edge for edge in known.get(want.name, ()))])
            least = unit(want) if want.name in bottoms else Decimal(0)
            found += [_sweep(want, others, least, far, within) for others in people]
    return found


def _sweep(
    want: FactColumn,
    others: Facts,
    least: Decimal,
    far: Decimal,
    within: Sequence[tuple[str, str]],
) -> Sweep:
    """Sweep as far as the facts stay possible: no more deals won than closed, say."""
    one = unit(want)
    low, high = max(least, want.least), min(far, want.most)
    for part, whole in within:
        if want.name == part:
            high = min(high, others[whole])
        if want.name == whole:
            low = max(low, others[part])
    return Sweep(want.name, one, int(low / one), int(high / one), others)


def run(
    probe: Probe, sweeps: Sequence[Sweep], known: Edges, pause: Callable[[], None] = no_pause
) -> None:
    """Fill in the points of all sweeps; ``pause`` is called between rounds and may raise."""
    pause()
    _evaluate(probe, sweeps, [each.evenly(known.get(each.name, ())) for each in sweeps])
    for _ in range(ROUNDS):
        closer = [each.closer() for each in sweeps]
        if not any(closer):
            break
        pause()
        _evaluate(probe, sweeps, closer)


def _evaluate(probe: Probe, sweeps: Sequence[Sweep], wanted: Sequence[Sequence[int]]) -> None:
    places = [
        (number, place)
        for number, more in enumerate(wanted)
        for place in more
        if place not in sweeps[number].points
    ]
    people = [
        Person(number, sweeps[number].name, place * sweeps[number].unit) for number, place in places
    ]
    points = probe.points([each.others for each in sweeps], people)
    for (number, place), point in zip(places, points, strict=True):
        sweeps[number].points[place] = point
