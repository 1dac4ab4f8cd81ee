"""Which figures a curve is drawn over: where its scoring may bend or jump, and evenly between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

from engine.facts import PLACES
from engine.forms.scorecard import ANCHORS
from engine.forms.shared import shown_as
from engine.language.expression import Expression, Name, Number
from engine.language.wording import names
from engine.model import (
    AnyTable,
    Bilingual,
    DecisionTable,
    GridTable,
    Input,
    Kpi,
    LineTable,
    Policy,
    Step,
    Table,
    UnitTable,
)
from engine.schema.policy import exponent
from engine.tables.parts import formulas

EVEN = 120  # figures that are spread evenly
FARTHEST = 5  # times the target, beyond which no edge stretches the drawing
_NOMINAL = {"threshold": Decimal(80), "target": Decimal(100), "stretch": Decimal(120)}


@dataclass(frozen=True, slots=True)
class Span:
    """A KPI or step made to take its figure from ``facts``, and the rising ``figures`` to try."""

    section: str
    code: str
    result: str
    facts: tuple[str, ...]
    figures: tuple[Decimal, ...]
    unit: str
    worth: str
    given: Input | None = None
    kpi: Kpi | None = None
    step: Step | None = None
    anchors: Mapping[str, Decimal] = field(default_factory=dict)
    relative: bool = False

    @property
    def target(self) -> Decimal | None:
        return self.anchors.get("target")


def of_kpi(policy: Policy, kpi: Kpi) -> Span | None:
    """Return the figures of a KPI; None where there is nothing to hold a figure against."""
    given, unit, facts = None, "points", tuple(f"{kpi.code}.{rater}" for rater, _ in kpi.raters)
    anchors, relative = _anchors(kpi)
    own = replace(kpi, dimension=None, weight_band=None, difficulty=None, **anchors)  # type: ignore[arg-type]
    if not kpi.raters:
        given = _given(policy, kpi.actual, f"{kpi.code}.given")
        own, unit, facts = replace(own, actual=given.code), given.unit, (given.code,)
    marked = _marked(kpi, anchors, given)
    even = _spread(marked, to_zero=_of_attainment(kpi)) if not kpi.raters else _rated(kpi)
    figures = _fitting(policy, unit, marked, even, given, anchors.get("target", Decimal(0)))
    if len(figures) < 2:
        return None
    result = f"{kpi.code}.points"
    return Span(
        "kpis",
        kpi.code,
        result,
        facts,
        figures,
        unit,
        "points",
        given,
        own,
        None,
        anchors,
        relative,
    )


def of_step(policy: Policy, step: Step) -> Span | None:
    """Return the figures of a step's table; None for one of conditions or two dimensions."""
    of = getattr(step.table, "of", None)
    if of is None:
        return None
    given = replace(_given(policy, "", f"{step.code}.given"), unit=_unit(policy, of))
    table = replace(step.table, of=Name(given.code))  # type: ignore[type-var]
    marked = set(_bends(step.table))
    figures = _fitting(policy, given.unit, marked, _spread(marked, to_zero=False), None)
    if len(figures) < 2:
        return None
    own = replace(step, table=table, grant=None, payout=())
    return Span(
        "steps",
        step.code,
        step.code,
        (given.code,),
        figures,
        given.unit,
        step.unit,
        given,
        step=own,
    )


def _given(policy: Policy, code: str, called: str) -> Input:
    """Return an input for the figure that ``code`` names, within the bounds that it has."""
    known = next((each for each in policy.inputs if each.code == code), None)
    unit: Any = shown_as(policy, code)[0]
    bounds = (known.min, known.max) if known else (None, None)
    return Input(called, Bilingual(called, called), unit, None, *bounds)


def _anchors(kpi: Kpi) -> tuple[dict[str, Decimal], bool]:
    """Return a KPI's anchors as figures; nominal ones (True) where its target is each person's."""
    found: dict[str, Decimal] = {}
    relative = False
    for name in ANCHORS:
        anchor = getattr(kpi, name)
        if isinstance(anchor, Decimal):
            found[name] = anchor
        elif anchor is not None:
            relative = True
    if relative:  # a figure beside parts of an unknown target has no place
        found = {name: _NOMINAL[name] for name in ANCHORS if getattr(kpi, name) is not None}
    return found, relative


def _of_scoring(kpi: Kpi, target: Decimal | None) -> set[Decimal]:
    """Return the figures at which the scoring may bend: its numbers, and as parts of the target."""
    numbers = set(_bends(kpi.score))
    bounds = {each / 100 for each in (kpi.cap, kpi.floor, Decimal(100)) if each is not None}
    if not target or not _of_attainment(kpi):
        return numbers
    parts = {each for each in numbers | bounds | {kpi.gate or Decimal(0)} if each > 0}
    if kpi.better == "higher":
        return {part * target for part in parts if part <= FARTHEST}
    if kpi.form == "mirrored":
        return {(2 - part) * target for part in parts if part <= 2}
    return {target / part for part in parts if part * FARTHEST >= 1}


def _of_attainment(kpi: Kpi) -> bool:
    if kpi.gate is not None or kpi.score is None:
        return True
    written = formulas(kpi.score) if isinstance(kpi.score, AnyTable) else (kpi.score,)
    return any(name.name.split(".")[-1] == "attainment" for each in written for name in names(each))


def _marked(kpi: Kpi, anchors: Mapping[str, Decimal], given: Input | None) -> set[Decimal]:
    """Return the figures that matter: anchors, bends, and the bounds of what is given."""
    marked = {*_of_scoring(kpi, anchors.get("target")), *anchors.values()}
    if kpi.better == "lower" and "target" in anchors:
        marked.add(2 * anchors["target"])
    if kpi.raters:
        marked |= {Decimal(0), kpi.scale}
    if not marked and given is not None:
        marked |= {each for each in (given.min, given.max) if each is not None}
    return marked


def _rated(kpi: Kpi) -> set[Decimal]:
    return {kpi.scale * place / EVEN for place in range(EVEN + 1)}


def _spread(marked: set[Decimal], *, to_zero: bool) -> set[Decimal]:
    """Spread figures evenly over those that matter and a little beyond, or from zero on."""
    if not marked:
        return set()
    least, most = min(marked), max(marked)
    span = max(most - least, abs(most) / 2) or Decimal(1)
    low = least - span / 4
    if least >= 0:
        low = Decimal(0) if to_zero else max(low, Decimal(0))
    high = most + span / 4
    return {low + (high - low) * place / EVEN for place in range(EVEN + 1)}


def _fitting(
    policy: Policy,
    unit: str,
    marked: set[Decimal],
    even: set[Decimal],
    given: Input | None,
    target: Decimal = Decimal(0),
) -> tuple[Decimal, ...]:
    """Return the figures as facts can have them; beside those that matter the next: a jump."""
    places = exponent(policy.currency) if unit == "money" else PLACES.get(unit, 4)
    one = Decimal(1).scaleb(-places)
    exact = {each.quantize(one) for each in marked}
    figures = {each.quantize(one) for each in even} | exact
    if not figures:
        return ()
    low, high = min(figures), max(figures)
    # What counts is an attainment that is rounded, so its own next step may be the first beside.
    steps = (one, max(target.scaleb(-policy.rounding.attainment), one).quantize(one))
    figures |= {each + sign * step for each in exact for step in steps for sign in (-1, 1)}
    if given is not None:
        low = low if given.min is None else max(low, given.min)
        high = high if given.max is None else min(high, given.max)
    return tuple(sorted(each for each in figures if low <= each <= high))


def _bends(score: Any) -> Iterator[Decimal]:
    """Give the figures at which a scoring may bend or jump: edges, and any number of a formula."""
    match score:
        case Table():
            yield from _numbers((*(row.edge for row in score.rows), score.above, score.after))
        case LineTable():
            yield from _numbers(tuple(point.edge for point in score.points))
        case UnitTable():
            yield Decimal(0)
            yield abs(score.start / score.each) * score.per if score.each else score.per * EVEN
        case DecisionTable():
            yield from _numbers(tuple(row.when for row in score.rows))
        case _:
            yield from _numbers(score)


def _numbers(of: Any) -> Iterator[Decimal]:
    """Give every number that stands in a table or formula, wherever it does."""
    if isinstance(of, Decimal):
        yield of
    elif isinstance(of, Number):
        yield of.value
    elif isinstance(of, tuple):
        for each in of:
            yield from _numbers(each)
    elif is_dataclass(of) and not isinstance(of, GridTable):
        for part in fields(of):
            yield from _numbers(getattr(of, part.name))


def _unit(policy: Policy, of: Expression) -> Any:
    """Return the unit that a formula's figures have; ``number`` where they differ."""
    found = {_named(policy, name.name) for name in names(of)}
    return found.pop() if len(found) == 1 else "number"


def _named(policy: Policy, name: str) -> str:
    code, _, part = name.partition(".")
    kpi = next((each for each in policy.kpis if each.code == code), None)
    if kpi is not None and part in {"actual", *ANCHORS}:
        return shown_as(policy, kpi.actual)[0]
    if name == "total" or part == "points":
        return "points"
    return "ratio" if part == "attainment" else shown_as(policy, name)[0]
