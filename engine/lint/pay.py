"""Where pay or the score falls as results rise, and where pay jumps: found by evaluating.

What is told is what came out: both points, with their facts and pay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from engine.branches import Branch
from engine.checking.sections import Problem
from engine.errors import N_
from engine.lint.levels import edges, rated_by
from engine.lint.probe import Item, probe
from engine.lint.steps import Step, in_direction
from engine.lint.sweep import no_pause, run, sweeps_of
from engine.model import Policy
from engine.plain import plain_number
from engine.reader import Path
from engine.schema.said import Said

# A jump counts from this share of the most that is ever paid, and this many times the slope.
SHARE, STEEP = Decimal("0.01"), 4


def pay(
    policy: Policy, ways: Sequence[Branch], pause: Callable[[], None] = no_pause
) -> Iterator[Problem]:
    """Return the falls and jumps of a policy without faults."""
    instrument = probe(policy, ways)
    if not policy.kpis and not instrument.items:
        return
    known = edges(ways)
    sweeps = sweeps_of(policy, instrument.version.facts, known)
    run(instrument, sweeps, known, pause)
    steps = [in_direction(policy, sweep, sweeps) for sweep in sweeps]
    flat = [step for each in steps for step in each]
    yield from _falls(instrument.items, flat)
    yield from _score_falls(policy, flat)
    yield from _jumps(instrument.items, steps)


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
                at_key=True,
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
    parts = {
        kpi.code: (*ratios.get(kpi.actual, (kpi.actual,)), *rated_by(kpi)) for kpi in policy.kpis
    }
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
                at_key=True,
                change=plain_number(step.paid),
                **_points(step, step.sweep.name),
            ),
        )


def _is_jump(steps: Sequence[Step], place: int, most: Decimal) -> bool:
    """Compare a step of one unit with the slope on both sides of it."""
    step = steps[place]
    if step.width != 1 or step.paid < max(Decimal(1), most * SHARE):
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
