"""One call evaluates a scope: columns → decisions → columns, exactly, for one row or a million.

A scope is never split: shares, pools and team figures look across all of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import polars as pl
import polars.selectors as cs

from engine import decisions
from engine.compile import Layer, Version
from engine.errors import Fault, KaohengError, Place
from engine.facts import DECIMAL, MAX_FAULTS, FactColumn
from engine.grants import Grant, granted
from engine.intake import prepared
from engine.segments import has_segments, put_together

__all__ = ["Grant", "Result", "evaluate"]

_WORD = 60  # flags packed into one integer


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


def evaluate(
    version: Version,
    facts: pl.DataFrame,
    *,
    until: Literal["grants", "grade"] = "grants",
    only: Sequence[str] | None = None,
) -> Result:
    """Evaluate ``facts``, a row per person of one scope; KaohengError for what does not fit.

    ``until="grade"`` stops at the measured numbers, which a calibrated grade never changes.
    ``only`` names the values to give back beside ``person``; without it, all of them.
    """
    raw, segments = prepared(version.facts, facts), None
    if has_segments(version, raw):
        raw, parts = put_together(version, raw, lambda each: _run_all(each, version.measured))
        segments = _shown(version, parts, "grade", None)
    raw = _run_all(raw, version.measured)
    if until == "grants":
        raw = _run_all(raw, version.granted)
    frame = _shown(version, raw, until, only)
    grants = (
        granted(version.policy, raw, version.shown) if until == "grants" and only is None else []
    )
    return Result(version, frame, grants, raw.select(cs.starts_with("? ")), segments)


def _shown(
    version: Version, raw: pl.DataFrame, until: str, only: Sequence[str] | None
) -> pl.DataFrame:
    facts = [
        (pl.col(want.name) if want.type == "text" else _decimal(want)).alias(want.name)
        for want in version.facts
    ]
    names = [each.name for each in version.definitions if until == "grants" or each.measured]
    values = [version.shown[name].alias(name) for name in names]
    frame = raw.select(facts + values)
    return (
        frame
        if only is None
        else frame.select("person", *[name for name in only if name != "person"])
    )


def _decimal(want: FactColumn) -> pl.Expr:
    unit = pl.lit(Decimal(1).scaleb(-want.places), dtype=DECIMAL)
    return pl.col(want.name).cast(pl.Decimal(38, 0)) * unit


def _run_all(raw: pl.DataFrame, layers: Sequence[Layer]) -> pl.DataFrame:
    for layer in layers:
        raw = _run(raw, layer)
    return raw


def _run(raw: pl.DataFrame, layer: Layer) -> pl.DataFrame:
    """Add the layer's columns; those that are there already (put together by days) stay."""
    present = set(raw.columns)
    raw = raw.with_columns(
        **{name: column for name, column in layer.columns if name not in present}
    )
    _refuse(raw, layer)
    if layer.ruleset is None:
        return raw
    return _decided(raw, layer)


def _refuse(raw: pl.DataFrame, layer: Layer) -> None:
    """Refuse facts that the policy says cannot stand, naming each person."""
    faults = [
        Fault(said.code, str(said), said.remedy, said.params, Place(path=f"{person}.{name}"))
        for column, name, said in layer.refused
        if raw[column].any()
        for person in raw.filter(pl.col(column))["person"].head(MAX_FAULTS).to_list()
    ]
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])


def _decided(raw: pl.DataFrame, layer: Layer) -> pl.DataFrame:
    """Decide once per distinct combination of truths, and hand the answer to all of its rows."""
    assert layer.ruleset is not None
    words = [f"? {number}" for number in range((len(layer.flags) + _WORD - 1) // _WORD)]
    packed = raw.select(layer.flags).with_columns(
        pl.sum_horizontal(
            pl.col(flag).cast(pl.Int64) * (1 << place)
            for place, flag in enumerate(layer.flags[number * _WORD : (number + 1) * _WORD])
        ).alias(word)
        for number, word in enumerate(words)
    )
    classes = packed.unique(subset=words, keep="first", maintain_order=True)
    held = decisions.decide(layer.ruleset, classes.select(layer.flags).rows())
    answers = classes.select(words).with_columns(
        pl.Series(rule, [rule in each for each in held], dtype=pl.Boolean) for rule in layer.rules
    )
    joined = packed.select(words).join(answers, on=words, how="left", maintain_order="left")
    return raw.with_columns(joined.select(layer.rules).get_columns())
