"""What a way of scoring gives for every figure: each KPI and each table of a step as a line.

Nothing is drawn from how a table is written: the policy's own scoring is compiled and evaluated
for figures put in the place of the actual ones, all KPIs in one frame. Figures that a formula
needs beside (inputs, other measures) stand at their default, or at zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import polars as pl

from engine.compile import compile_checked
from engine.errors import KaohengError
from engine.evaluate import evaluate
from engine.facts import DATE, DECIMAL, SCENARIO, FactColumn
from engine.forms.scorecard import ANCHORS, definitions
from engine.model import Policy
from engine.outlook.ranges import Span, of_kpi, of_step
from engine.version import Version

Point = tuple[Decimal, Decimal]
# What scoring is made of; totals, grades and grants are nobody's curve.
_SECTIONS = {"measures", "constants", "targets", "kpis", "steps"}


@dataclass(frozen=True, slots=True)
class Curve:
    """The line of one KPI or step: ``points`` in rising order, two of one figure at a jump.

    ``marks`` are its anchors, by their names in the file. ``unit`` is the figure's, ``worth``
    that of what is given for it. ``relative``: the target is not in the policy, and figures are
    parts of it (1 is the whole).
    """

    section: str
    code: str
    points: tuple[Point, ...]
    marks: tuple[tuple[str, Point], ...]
    unit: str
    worth: str
    relative: bool = False


def curves(policy: Policy) -> list[Curve]:
    """Return the curves of all KPIs and tables of steps that can be drawn; never raises."""
    spans = [*filter(None, (of_kpi(policy, kpi) for kpi in policy.kpis))]
    spans += filter(None, (of_step(policy, step) for step in policy.steps))
    version, spans = _compiled(policy, spans)
    if version is None or not spans:
        return []
    names = [span.result for span in spans]
    try:
        frame = evaluate(version, _facts(version, spans), only=names).frame
    except KaohengError:  # a figure that the policy refuses: rather no curve than a wrong one
        return []
    drawn = (_curve(span, frame[name].to_list()) for span, name in zip(spans, names, strict=True))
    return [each for each in drawn if each is not None]


def _compiled(policy: Policy, spans: list[Span]) -> tuple[Version | None, list[Span]]:
    """Compile what the spans need; those whose scoring has a fault are left out."""
    for _ in range(2):
        scoring = _scoring(policy, spans)
        written = [each for each in definitions(scoring) if each.path[0] in _SECTIONS]
        version, problems = compile_checked(scoring, scenarios=True, written=written)
        if version is not None:
            return version, spans
        bad = {path[:2] for path, _ in problems}
        spans = [span for span in spans if (span.section, span.code) not in bad]
    return None, []


def _scoring(policy: Policy, spans: Iterable[Span]) -> Policy:
    """Return the policy with only what is drawn, each from a figure that is given."""
    drawn = tuple(spans)
    return replace(
        policy,
        inputs=(*policy.inputs, *(span.given for span in drawn if span.given)),
        kpis=tuple(span.kpi for span in drawn if span.kpi),
        steps=tuple(span.step for span in drawn if span.step),
        dimensions=(),
        vetoes=(),
        grades=(),
        rules=(),
        pools=(),
        guardrails=None,
        presence=replace(policy.presence, least_days=0, segments=False),
    )


def _facts(version: Version, spans: list[Span]) -> pl.DataFrame:
    """Make a row for each figure to try, of all spans side by side; short ones are filled up."""
    height = max(len(span.figures) for span in spans)
    moved: dict[str, list[Decimal]] = {}
    for span in spans:
        figures = [*span.figures, *[span.figures[-1]] * (height - len(span.figures))]
        moved.update(dict.fromkeys(span.facts, figures))
    columns: dict[str, Any] = {}
    for want in version.facts:
        if want.name == SCENARIO.name:
            columns[want.name] = [str(row) for row in range(height)]
        elif want.name in moved:
            columns[want.name] = pl.Series(moved[want.name], dtype=DECIMAL)
        else:
            columns[want.name] = _still(want, version.policy, height)
    return pl.DataFrame(columns)


def _still(want: FactColumn, policy: Policy, height: int) -> pl.Series:
    if want.type == "number":
        value = want.default if want.default is not None else Decimal(0)
        return pl.Series([min(max(value, want.least), want.most)] * height, dtype=DECIMAL)
    text = next(iter(want.labels), want.name)
    if want.name == DATE.name:
        text = max(each.start for constant in policy.constants for each in constant.values)
    return pl.Series([text] * height, dtype=pl.String)


def _curve(span: Span, values: list[Decimal | None]) -> Curve | None:
    found = dict(zip(span.figures, values, strict=False))
    whole = span.target if span.relative and span.target else Decimal(1)
    points = tuple((x / whole, y) for x, y in found.items() if y is not None)
    if len(points) < 2:
        return None
    marks = tuple(_marks(span.anchors, found, whole))
    return Curve(
        span.section, span.code, points, marks, span.unit, span.worth, relative=span.relative
    )


def _marks(
    anchors: Mapping[str, Decimal], found: Mapping[Decimal, Decimal | None], whole: Decimal
) -> Iterator[tuple[str, Point]]:
    for name in ANCHORS:
        at = anchors.get(name)
        value = found.get(at) if at is not None else None
        if at is not None and value is not None:
            yield name, (at / whole, value)
