"""The forms that HR writes for scoring (measures, constants, KPIs, total, grades) → definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from engine.definitions import (
    Across,
    Attainment,
    ByDate,
    Definition,
    Formula,
    Growth,
    Lookup,
    Mean,
    Ratio,
    What,
)
from engine.forms.pay import pay
from engine.forms.results import result, scores
from engine.forms.shared import literal, shown_as, titled
from engine.forms.teams import team_definitions
from engine.language.expression import Binary, Call, Compare, Expression, Name
from engine.language.wording import rewritten
from engine.model import AnyTable, Constant, Difficulty, Kpi, Measure, Peers, Policy, Target
from engine.tables.parts import changed

# The figures of a KPI that its actual is held against, in the order of being explained.
ANCHORS = ("threshold", "target", "stretch")


def definitions(policy: Policy, beside: Iterable[Definition] = ()) -> list[Definition]:
    """Write the whole policy out, in the order of explanation, with what stands ``beside`` it."""
    own = [
        *(_of_others(measure) for measure in policy.measures if measure.is_made_of_others),
        *(_constant(constant) for constant in policy.constants),
        *(_prorated(policy, target) for target in policy.targets if target.prorate),
        *(each for kpi in policy.kpis for each in _kpi(policy, kpi)),
        *result(policy),
        *pay(policy),
        *beside,
    ]
    if policy.presence.segments:
        names = scores(policy)
        own = [replace(each, by_days=each.name in names) for each in own]
    return [*team_definitions(policy, own), *own]


def _of_others(measure: Measure) -> Definition:
    """Define a ratio or a growth of two measures."""
    assert measure.ratio is not None
    growth = measure.kind == "growth"
    return Definition(
        measure.code,
        measure.name,
        Growth(*measure.ratio, measure.if_base)
        if growth
        else Ratio(*measure.ratio, measure.if_zero),
        measure.unit,
        ("measures", measure.code, measure.kind),
        measure.digits,
        exact=True,
        measured=True,
    )


def _constant(constant: Constant) -> Definition:
    path = ("constants", constant.code, "values" if constant.values else "value")
    if constant.value is None:
        what: What = ByDate(constant.values, constant.by)
    else:
        what = Formula(literal(constant.value))
    return Definition(constant.code, constant.name, what, constant.unit, path, 10, measured=True)


def _prorated(policy: Policy, target: Target) -> Definition:
    """Give the part of a target that the days in post are of the period, as the target rounds."""
    part = Binary(
        "/",
        Binary("*", Name(f"{target.code}.full"), Name("days_in_post")),
        Name("days_in_period"),
    )
    unit = literal(target.round_to)
    whole = Call("round", (Binary("/", part, unit), literal(Decimal(0))))
    places = max(shown_as(policy, target.code)[1], -int(target.round_to.as_tuple().exponent))
    return Definition(
        target.code,
        target.name,
        Formula(Binary("*", whole, unit)),
        target.unit,
        ("targets", target.code, "prorate"),
        places,
        measured=True,
    )


def _kpi(policy: Policy, kpi: Kpi) -> Iterator[Definition]:
    part = partial(_part, kpi)
    yield from _held_against(policy, kpi, part)
    if kpi.target is not None:
        yield part("attainment", _attainment(kpi), "ratio", policy.rounding.attainment, "target")
    points = partial(part, unit="points", digits=policy.rounding.points)
    if kpi.difficulty is None:
        yield points("points", _points(kpi), at="score")
        return
    yield from _difficulty(part, kpi.difficulty)
    bare = replace(kpi, cap=None, floor=None, gate=None)
    yield points("base_points", _points(bare), at="score")
    sign = "*" if kpi.difficulty.kind == "factor" else "+"
    harder = Binary(sign, Name(f"{kpi.code}.base_points"), Name(f"{kpi.code}.difficulty"))
    yield points("points", Formula(_gated(kpi, _bounded(kpi, harder))), at="difficulty")


def _part(
    kpi: Kpi, name: str, what: What, unit: str, digits: int, at: str, exact: bool = False
) -> Definition:
    return Definition(
        f"{kpi.code}.{name}",
        titled(kpi.name, name),
        what,
        unit,
        ("kpis", kpi.code, at),
        digits,
        exact,
        measured=True,
    )


def _held_against(
    policy: Policy, kpi: Kpi, part: Callable[..., Definition]
) -> Iterator[Definition]:
    """Give the actual and the anchors, unrounded: they are rounded only to be shown."""
    if kpi.raters:
        unit, digits = "points", policy.rounding.points
        rated = tuple((f"{kpi.code}.{rater}", weight) for rater, weight in kpi.raters)
        yield part("actual", Mean(rated), unit, digits, "raters", exact=True)
    else:
        unit, digits = shown_as(policy, kpi.actual)
        yield part("actual", Formula(Name(kpi.actual)), unit, digits, "actual", exact=True)
    for name in ANCHORS:
        anchor = getattr(kpi, name)
        if anchor is not None:
            aim: Expression = Name(anchor) if isinstance(anchor, str) else literal(anchor)
            shown = shown_as(policy, anchor) if isinstance(anchor, str) else (unit, 10)
            yield part(name, Formula(aim), *shown, name, exact=True)


def _attainment(kpi: Kpi) -> Attainment:
    return Attainment(
        f"{kpi.code}.actual",
        f"{kpi.code}.target",
        kpi.better,
        kpi.form,
        kpi.if_zero_target,
        kpi.if_zero_actual,
        kpi.if_negative,
    )


def _difficulty(part: Callable[..., Definition], difficulty: Difficulty) -> Iterator[Definition]:
    of: Expression = Name(difficulty.of)
    if difficulty.normalise:
        mean = Across(Peers("mean", of), ())
        everybody = part("mean_difficulty", mean, "ratio", 6, "difficulty", exact=True)
        yield everybody
        of = Call("divide", (of, Name(everybody.name), literal(Decimal(1))))
    digits = 6 if difficulty.kind == "factor" else 4
    yield part("difficulty", Formula(of), "number", digits, "difficulty")


def _points(kpi: Kpi) -> What:
    score = kpi.score
    if isinstance(score, AnyTable):
        own = changed(score, lambda formula: _own(kpi, formula))
        return Lookup(own, kpi.floor, kpi.cap, _passed(kpi))
    return Formula(_gated(kpi, _bounded(kpi, _worth(kpi))))


def _worth(kpi: Kpi) -> Expression:
    """Return the formula of the points, before bounds: 100 for a full attainment or rating."""
    if kpi.score is not None:
        assert not isinstance(kpi.score, AnyTable)
        return _own(kpi, kpi.score)
    full = literal(Decimal(100))
    if kpi.raters:
        of_scale = Binary("*", Name(f"{kpi.code}.actual"), full)
        return Binary("/", of_scale, literal(kpi.scale))
    return Binary("*", Name(f"{kpi.code}.attainment"), full)


def _bounded(kpi: Kpi, worth: Expression) -> Expression:
    if kpi.cap is not None:
        worth = Call("min", (worth, literal(kpi.cap)))
    return worth if kpi.floor is None else Call("max", (worth, literal(kpi.floor)))


def _gated(kpi: Kpi, worth: Expression) -> Expression:
    passed = _passed(kpi)
    return worth if passed is None else Call("if", (passed, worth, literal(Decimal(0))))


def _passed(kpi: Kpi) -> Expression | None:
    if kpi.gate is None:
        return None
    return Compare(">=", Name(f"{kpi.code}.attainment"), literal(kpi.gate))


def _own(kpi: Kpi, formula: Expression) -> Expression:
    """Let a KPI's own formula say ``attainment`` for ``revenue.attainment``."""
    own = {"actual", "target", "attainment"} | {
        name for name in ANCHORS if getattr(kpi, name) is not None
    }
    return rewritten(
        formula, lambda name: Name(f"{kpi.code}.{name.name}", name.at) if name.name in own else name
    )
