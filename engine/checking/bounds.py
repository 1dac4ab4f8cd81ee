"""What must hold between the figures of one entry: a floor below its cap, a period of this year."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine import periods
from engine.errors import N_, KaohengError
from engine.model import Input, Policy, Target
from engine.reader import Path
from engine.schema.said import Said

Problem = tuple[Path, Said]
_EXAMPLES = {"month": "2026-01", "quarter": "2026-Q1", "half": "2026-H1", "year": "2026"}


def check_bounds(policy: Policy) -> Iterator[Problem]:
    """Yield every problem with its path in the file."""
    for target in policy.targets:
        yield from _target(policy, target)
    for each in policy.inputs:
        yield from _input(each)
    for kpi in policy.kpis:
        yield from _ordered(("kpis", kpi.code, "floor"), kpi.floor, kpi.cap)
    yield from _ordered(("total", "floor"), policy.total.floor, policy.total.cap)


def _target(policy: Policy, target: Target) -> Iterator[Problem]:
    path = ("targets", target.code)
    for label, _ in target.company:
        if not _is_period(label, policy.period):
            yield (
                (*path, "company", label),
                Said(
                    "rules.period",
                    N_("`{label}` is not a {kind}."),
                    N_("Write the policy's periods as {example}."),
                    at_key=True,
                    label=label[:40],
                    kind=policy.period,
                    example=_EXAMPLES[policy.period],
                ),
            )
    if target.round_to <= 0:
        yield (
            (*path, "round_to"),
            Said(
                "rules.round_to",
                N_("Nothing can be shared out in multiples of {round_to}."),
                N_("Write what the smallest difference between two targets is, such as 1."),
                round_to=str(target.round_to),
            ),
        )


def _is_period(label: str, kind: str) -> bool:
    try:
        return periods.parse(label).kind == kind
    except KaohengError:
        return False


def _input(each: Input) -> Iterator[Problem]:
    path = ("inputs", each.code)
    yield from _ordered((*path, "min"), each.min, each.max)
    if each.default is not None and (each.min is None or each.max is None or each.min <= each.max):
        yield from _ordered((*path, "default"), each.default, each.max)
        yield from _ordered((*path, "default"), each.min, each.default)


def _ordered(path: Path, low: Decimal | None, high: Decimal | None) -> Iterator[Problem]:
    if low is not None and high is not None and low > high:
        yield (
            path,
            Said(
                "rules.bounds",
                N_("{low} is above {high}, so that no value is within the bounds."),
                N_("Exchange or correct the two."),
                low=f"{low:f}",
                high=f"{high:f}",
            ),
        )
