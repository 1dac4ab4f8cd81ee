"""One call evaluates a scope: columns → decisions → columns, exactly, for one row or a million.

A scope is never split: shares, pools and team figures look across all of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
import polars.selectors as cs

from engine.columns.exact import decimals
from engine.compile import refitted
from engine.facts import FactColumn
from engine.grants import Grant, granted
from engine.running.intake import checked, scaled
from engine.running.plan import planned
from engine.running.run import computed, is_sliced, shown
from engine.running.segments import has_segments, put_together
from engine.running.survey import fitted
from engine.version import Part, Version

__all__ = ["Grant", "Result", "evaluate"]

# From so many rows on, compiling once more for the bounds that they have is soon earned back.
TALL = 20_000
KEPT_PLANS = 8


@dataclass(frozen=True, slots=True)
class Result:
    """The facts and every named value per person (Decimal(38, 10), text or truth), and the grants.

    ``leaves`` are the truths of the rules' comparisons, in the same rows, for explanations.
    ``segments`` are the facts and scores of the parts of the period, where anybody has several.
    """

    version: Version
    frame: pl.DataFrame
    grants: list[Grant]
    leaves: pl.DataFrame
    segments: pl.DataFrame | None = None

    @property
    def rows(self) -> pl.DataFrame:
        """The rows as the facts came: one a person, or one for each of their segments."""
        return self.frame if self.segments is None else self.segments


def evaluate(
    version: Version,
    facts: pl.DataFrame,
    *,
    until: Literal["grants", "grade"] = "grants",
    only: Sequence[str] | None = None,
) -> Result:
    """Evaluate ``facts``, a row per person of one scope; KaohengError for what does not fit.

    ``until="grade"`` stops at the measured numbers, which a calibrated grade never changes.
    ``only`` names the values to give back beside ``person``; without it, all of them, with the
    truths of the comparisons and the grants.
    """
    fit, survey = version, checked(version.facts, facts)
    segmented = has_segments(version, facts)
    if facts.height >= TALL and not segmented:
        fit = refitted(version, fitted(version.facts, survey))
    raw, segments = scaled(fit.facts, facts, survey), None
    if segmented:
        raw, parts = put_together(version, raw, lambda each: _run(version, each, "grade", None))
        segments = shown(parts, _wanted(version, "grade", None))
    raw = _run(fit, raw, until, only)
    frame = shown(raw, _wanted(fit, until, only))
    grants = granted(fit.policy, frame) if until == "grants" and only is None else []
    return Result(version, frame, grants, raw.select(cs.starts_with("? ")), segments)


def _run(
    version: Version, raw: pl.DataFrame, until: str, only: Sequence[str] | None
) -> pl.DataFrame:
    return computed(raw, _plan(version, raw, until, only))


def _plan(
    version: Version, raw: pl.DataFrame, until: str, only: Sequence[str] | None
) -> tuple[Part, ...]:
    """Plan once what is asked for again and again: making a plan costs as much as a few rows."""
    sliced = is_sliced(raw)
    asked = (until, None if only is None else tuple(only), sliced, *raw.columns)
    plan = version.plans.get(asked)
    if plan is None:
        layers = version.measured + (version.granted if until == "grants" else ())
        flags = () if only is not None else (flag for layer in layers for flag in layer.flags)
        plan = planned(layers, {*_wanted(version, until, only), *flags}, raw.columns, sliced=sliced)
        version.plans[asked] = plan
        while len(version.plans) > KEPT_PLANS:
            version.plans.popitem(last=False)
    return plan


def _wanted(version: Version, until: str, only: Sequence[str] | None) -> dict[str, pl.Expr]:
    """Give what to show, each from the raw column of its name: the facts and then the values."""
    found = {want.name: _fact(want) for want in version.facts}
    for each in version.definitions:
        if until == "grants" or each.measured:
            found[each.name] = version.shown[each.name]
    return found if only is None else {name: found[name] for name in ("person", *only)}


def _fact(want: FactColumn) -> pl.Expr:
    column = pl.col(want.name)
    return column if want.type == "text" else decimals(column, want.places)
