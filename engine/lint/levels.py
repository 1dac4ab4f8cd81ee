"""Facts of an imagined person at, above or below what is expected, to begin a probe from.

Nothing here is a judgement: a level only has to lie where the policy makes differences, so it
is taken from targets, and where there is none, from the edges that the policy itself names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from engine.branches import Branch
from engine.facts import FactColumn, target_fact
from engine.language.expression import Call, Compare, Name, Number
from engine.language.wording import parts
from engine.model import Constant, Figure, Kpi, Measure, Policy
from engine.outlook.levers import is_part

USUAL = {
    "money": Decimal(100_000),
    "count": Decimal(20),
    "days": Decimal(60),
    "ratio": Decimal(1),
    "points": Decimal(100),
    "number": Decimal(100),
}
# The anchors of a KPI against its target.
_ANCHORS = {"threshold": Decimal("0.8"), "target": Decimal(1), "stretch": Decimal("1.2")}
Levels = dict[str, Decimal]
Edges = Mapping[str, Sequence[Decimal]]


def edges(ways: Sequence[Branch]) -> Edges:
    """Return the numbers that each name is compared with, in order."""
    found: dict[str, set[Decimal]] = defaultdict(set)
    for branch in ways:
        for node in parts(branch.when):
            match node:
                case (
                    Compare(left=Name(name=name), right=Number(value=value))
                    | Compare(
                        left=Call(function="round", arguments=(Name(name=name), _)),
                        right=Number(value=value),
                    )
                ):
                    found[name].add(value)
                case _:
                    pass
    return {name: sorted(values) for name, values in found.items()}


def expected(policy: Policy, wants: Sequence[FactColumn], known: Edges) -> Levels:
    """Return a level for each of ``wants``, all of them numbers, that puts each KPI on target."""
    found: Levels = {each.code: Decimal(0) for each in policy.inputs if each.paid}
    own_weights = {f"{kpi.code}.weight" for kpi in policy.kpis if kpi.weight_band}
    columns = {each.code: target_fact(each) for each in policy.targets}
    ratios = {each.code: each for each in policy.measures if each.ratio}
    waiting = []
    for kpi in policy.kpis:
        level = _aim(policy, kpi, known)
        for anchor, factor in _ANCHORS.items():
            name = getattr(kpi, anchor)
            if isinstance(name, str):
                found.setdefault(columns.get(name, name), level * factor)
        if kpi.actual in ratios:
            waiting.append((ratios[kpi.actual], level))
        else:
            found.setdefault(kpi.actual, level)
    for measure, level in waiting:
        _part(found, measure, level, wants, known)
    for want in wants:
        usual = want.default if want.name in own_weights else None
        found.setdefault(want.name, usual or _level(want.name, want.unit, known))
    return {want.name: fitted(found[want.name], want) for want in wants}


def at(
    policy: Policy,
    wants: Sequence[FactColumn],
    level: Levels,
    factor: Decimal,
    within: Sequence[tuple[str, str]],
) -> Levels:
    """Return facts of somebody who does ``factor`` times as well in every KPI.

    ``within`` are the counts that cannot be more than another (``contained``).
    """
    better, found = directions(policy), {}
    for want in wants:
        worth = level[want.name]
        if want.name in better:
            worth = worth * factor if better[want.name] == "higher" else worth / factor
        found[want.name] = fitted(worth, want)
    for part, whole in within:
        found[part] = min(found[part], found[whole])
    return found


def directions(policy: Policy) -> dict[str, str]:
    """Return whether a fact is better higher or lower, as the first KPI of it declares."""
    ratios = {each.code: each.ratio for each in policy.measures if each.ratio}
    found: dict[str, str] = {}
    for kpi in sorted(policy.kpis, key=lambda kpi: kpi.actual in ratios):
        for name in rated_by(kpi) or [(ratios.get(kpi.actual) or (kpi.actual,))[0]]:
            found.setdefault(name, kpi.better)
    return found


def rated_by(kpi: Kpi) -> list[str]:
    """Give the facts that a KPI's raters fill in."""
    return [f"{kpi.code}.{rater}" for rater, _ in kpi.raters]


def contained(policy: Policy) -> list[tuple[str, str]]:
    """Give the counts that are part of another count: a deal won is also a deal closed."""
    counts = [each for each in policy.measures if each.kind == "count"]
    return [
        (part.code, whole.code)
        for part in counts
        for whole in counts
        if part.where != whole.where and is_part(part, whole)
    ]


def unit(want: FactColumn) -> Decimal:
    """Return what one more of a fact is: a cent, a deal, a day, a hundredth of a per cent."""
    if want.unit == "money":
        return Decimal(1).scaleb(-min(want.places, 2))
    return Decimal("0.0001") if want.unit == "ratio" else Decimal(1)


def fitted(value: Decimal, want: FactColumn) -> Decimal:
    """Return the nearest whole number of units that the column takes."""
    units = (value / unit(want)).quantize(Decimal(1), ROUND_HALF_UP)
    return min(max(units * unit(want), want.least), want.most)


def _aim(policy: Policy, kpi: Kpi, known: Edges) -> Decimal:
    if isinstance(kpi.target, Decimal):
        return kpi.target
    for constant in policy.constants:
        if constant.code == kpi.target:
            return _latest(constant)
    figures: tuple[Figure, ...] = (*policy.measures, *policy.inputs, *policy.steps)
    own = next((each.unit for each in figures if each.code == kpi.actual), "number")
    name = f"{kpi.code}.actual"
    return _level(name if name in known else kpi.actual, own, known)


def _latest(constant: Constant) -> Decimal:
    """Return a constant's value; of dated ones the last, for the first label."""
    if constant.value is not None:
        return constant.value
    last = constant.values[-1]
    return last.by[0][1] if last.value is None else last.value


def _level(name: str, usual: str, known: Edges) -> Decimal:
    """Return the middle one of a name's edges, or the usual one of its unit."""
    own = [edge for edge in known.get(name, ()) if edge > 0]
    return own[len(own) // 2] if own else USUAL[usual]


def _part(
    found: Levels,
    measure: Measure,
    level: Decimal,
    wants: Sequence[FactColumn],
    known: Edges,
) -> None:
    """Let the two figures of a ratio give its level."""
    assert measure.ratio is not None
    top, bottom = measure.ratio
    if measure.kind == "growth":
        level += 1
    if top in found and bottom not in found:
        found[bottom] = found[top] / (level or 1)
        return
    units = {want.name: want.unit for want in wants}
    found.setdefault(bottom, _level(bottom, units[bottom], known))
    found.setdefault(top, found[bottom] * level)
