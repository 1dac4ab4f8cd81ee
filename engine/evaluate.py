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
from engine.errors import N_, Fault, KaohengError, Place
from engine.exact import INT
from engine.facts import DECIMAL, FactColumn
from engine.grants import Grant, granted
from engine.kinds import MAX_TEAM

__all__ = ["Grant", "Result", "evaluate"]

MAX_FAULTS = 200
_WORD = 60  # flags packed into one integer


@dataclass(frozen=True, slots=True)
class Result:
    """The facts and every named value per person (Decimal(38, 10), text or truth), and the grants.

    ``leaves`` are the truths of the rules' comparisons, in the same rows, for explanations.
    """

    version: Version
    frame: pl.DataFrame
    grants: list[Grant]
    leaves: pl.DataFrame


def evaluate(
    version: Version,
    facts: pl.DataFrame,
    *,
    until: Literal["grants", "grade"] = "grants",
    only: Sequence[str] | None = None,
) -> Result:
    """Evaluate ``facts``, a row per person of one scope; raise KaohengError for facts that do not fit.

    ``until="grade"`` stops at the measured numbers, which a calibrated grade never changes.
    ``only`` names the values to give back beside ``person``; without it, all of them.
    """
    raw = _prepared(version, facts)
    for layer in version.measured + (version.granted if until == "grants" else ()):
        raw = _run(raw, layer)
    frame = _shown(version, raw, until, only)
    grants = granted(version.policy, raw, version.shown) if until == "grants" and only is None else []
    return Result(version, frame, grants, raw.select(cs.starts_with("? ")))


def _shown(version: Version, raw: pl.DataFrame, until: str, only: Sequence[str] | None) -> pl.DataFrame:
    facts = [
        (pl.col(want.name) if want.type == "text" else _decimal(want)).alias(want.name) for want in version.facts
    ]
    names = [each.name for each in version.definitions if until == "grants" or each.measured]
    values = [version.shown[name].alias(name) for name in names]
    frame = raw.select(facts + values)
    return frame if only is None else frame.select("person", *[name for name in only if name != "person"])


def _decimal(want: FactColumn) -> pl.Expr:
    unit = pl.lit(Decimal(1).scaleb(-want.places), dtype=DECIMAL)
    return pl.col(want.name).cast(pl.Decimal(38, 0)) * unit


def _run(raw: pl.DataFrame, layer: Layer) -> pl.DataFrame:
    raw = raw.with_columns(**dict(layer.columns))
    if layer.ruleset is None:
        return raw
    return _decided(raw, layer)


def _decided(raw: pl.DataFrame, layer: Layer) -> pl.DataFrame:
    """Decide once per distinct combination of truths, and hand the answer to all of its rows."""
    assert layer.ruleset is not None
    words = [f"? {number}" for number in range((len(layer.flags) + _WORD - 1) // _WORD)]
    packed = raw.select(layer.flags).with_columns(
        pl.sum_horizontal(
            pl.col(flag).cast(pl.Int64) * (1 << place)
            for place, flag in enumerate(layer.flags[number * _WORD:(number + 1) * _WORD])
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


def _prepared(version: Version, facts: pl.DataFrame) -> pl.DataFrame:
    """Check facts and scale them to whole numbers; what is absent and optional is its default."""
    faults = [
        Fault("facts.missing_column", N_("The column `{column}` is missing."),
              N_("Add it; `kaoheng rules facts` lists the columns."), {"column": want.name}, Place(path=want.name))
        for want in version.facts if want.required and want.name not in facts.columns
    ]
    if faults:
        raise KaohengError(faults)
    raw = facts.select(_scaled(want, facts).alias(want.name) for want in version.facts)
    _check(version, facts, raw)
    return raw


def _scaled(want: FactColumn, facts: pl.DataFrame) -> pl.Expr:
    if want.type == "text":
        return pl.col(want.name).cast(pl.String) if want.name in facts.columns else pl.lit(None, dtype=pl.String)
    default = pl.lit(None if want.default is None else int(want.default.scaleb(want.places)), dtype=INT)
    if want.name not in facts.columns:
        return default
    kind = facts.schema[want.name]
    if not (kind.is_integer() or kind.is_decimal() or kind == pl.Null):
        raise KaohengError([Fault(
            "facts.float", N_("The column `{column}` is {kind}, not exact."),
            N_("Give whole numbers or decimals."), {"column": want.name, "kind": str(kind)}, Place(path=want.name))])
    if kind.is_integer():
        whole = pl.col(want.name).cast(INT) * pl.lit(10**want.places, dtype=INT)
    else:
        whole = pl.col(want.name).cast(DECIMAL).to_physical() // pl.lit(10 ** (10 - want.places), dtype=INT)
    return pl.coalesce(whole, default)


def _check(version: Version, facts: pl.DataFrame, raw: pl.DataFrame) -> None:
    """Refuse empty and out-of-range cells, people given twice and teams beyond the limit."""
    faults: list[Fault] = []
    for want in version.facts:
        faults += _faulty(want, facts, raw)
    twice = raw.filter(pl.col("person").is_duplicated())["person"].unique().sort().to_list()
    faults += [Fault("facts.repeated", N_("`{person}` is given twice."), N_("Give one row per person."),
                     {"person": person}) for person in twice]
    crowd = raw.filter(pl.col("team").is_not_null()).group_by("team").len().filter(pl.col("len") > MAX_TEAM)
    faults += [Fault("facts.team_size", N_("Team `{team}` has more than {limit} members."),
                     N_("Split it."), {"team": team, "limit": MAX_TEAM}) for team in crowd["team"].to_list()]
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])


def _faulty(want: FactColumn, facts: pl.DataFrame, raw: pl.DataFrame) -> list[Fault]:
    column = pl.col(want.name)
    found: list[Fault] = []
    if want.required:
        found += [_said(want, person, None, "facts.empty_cell", N_("`{column}` is empty."), N_("Fill it in."))
                  for person, _ in _where(facts, want, raw.select(column.is_null()))]
    if want.labels:
        strange = raw.select((column.is_not_null() & ~column.is_in(list(want.labels))).fill_null(False))
        found += [_said(want, person, value, "facts.label", N_("`{value}` is not one of: {labels}."),
                        N_("Write one of them.")) for person, value in _where(facts, want, strange)]
    if want.type == "number":
        scale = 10**want.places
        beyond = (column < int(want.least * scale)) | (column > int(want.most * scale)) | _too_fine(want, facts)
        found += [_said(want, person, value, "facts.range", N_("{value} is out of range for `{column}`."),
                        N_("Between {least} and {most}, with at most {places} decimals."))
                  for person, value in _where(facts, want, raw.select(beyond.fill_null(False)))]
    return found


def _where(facts: pl.DataFrame, want: FactColumn, mask: pl.DataFrame) -> list[tuple[object, object]]:
    """Give person and value of the rows that a mask marks."""
    if not mask.to_series().any():
        return []
    marked = facts.filter(mask.to_series()).head(MAX_FAULTS)
    values = marked[want.name].to_list() if want.name in facts.columns else [None] * marked.height
    return list(zip(marked["person"].to_list(), values, strict=True))


def _said(want: FactColumn, person: object, value: object, code: str, message: str, remedy: str) -> Fault:
    params = {"column": want.name, "value": value, "labels": ", ".join(want.labels), "least": f"{want.least:f}",
              "most": f"{want.most:f}", "places": want.places}
    return Fault(code, message, remedy, params, Place(path=f"{person}.{want.name}"))


def _too_fine(want: FactColumn, facts: pl.DataFrame) -> pl.Series:
    """Say where a decimal has more places than its column may."""
    if want.name not in facts.columns or not facts.schema[want.name].is_decimal():
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, facts.height)
    whole = pl.col(want.name).cast(DECIMAL).to_physical()
    rest = whole % pl.lit(10 ** (10 - want.places), dtype=INT)
    return facts.select((rest != 0).fill_null(False).alias("rest"))["rest"]
