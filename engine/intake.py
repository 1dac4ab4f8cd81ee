"""Facts as they come (decimals, integers, text) → scaled integers, or refused."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from engine.errors import N_, Fault, KaohengError, Place
from engine.exact import INT
from engine.facts import DECIMAL, SCENARIO, SEGMENT, FactColumn
from engine.kinds import MAX_TEAM

MAX_FAULTS = 200
# What can be wrong with a cell, each a mask over the column.
_SAYS = {
    "facts.empty_cell": (N_("`{column}` is empty."), N_("Fill it in.")),
    "facts.label": (N_("`{value}` is not one of: {labels}."), N_("Write one of them.")),
    "facts.date": (N_("`{value}` is not a date."), N_("Write it as 2026-07-01.")),
    "facts.range": (
        N_("{value} is out of range for `{column}`."),
        N_("Between {least} and {most}, with at most {places} decimals."),
    ),
}


def prepared(wants: Sequence[FactColumn], facts: pl.DataFrame) -> pl.DataFrame:
    """Return the wanted columns as scaled Int128 and text; defaults where a cell is absent.

    Raises KaohengError for missing columns, floats, empty or out-of-range cells, people given
    twice and teams beyond the limit, all of them at once.
    """
    faults = [fault for want in wants for fault in _column_faults(want, facts)]
    if faults:
        raise KaohengError(faults)
    raw = facts.select(_scaled(want, facts).alias(want.name) for want in wants)
    _check(wants, facts, raw)
    return raw


def _column_faults(want: FactColumn, facts: pl.DataFrame) -> list[Fault]:
    place = Place(path=want.name)
    if want.name not in facts.columns:
        return (
            [
                Fault(
                    "facts.missing_column",
                    N_("The column `{column}` is missing."),
                    N_("Add it; `kaoheng rules facts` lists the columns."),
                    {"column": want.name},
                    place,
                )
            ]
            if want.required
            else []
        )
    kind = facts.schema[want.name]
    if want.type == "number" and not (kind.is_integer() or kind.is_decimal() or kind == pl.Null):
        return [
            Fault(
                "facts.float",
                N_("The column `{column}` is {kind}, not exact."),
                N_("Give whole numbers or decimals."),
                {"column": want.name, "kind": str(kind)},
                place,
            )
        ]
    return []


def _scaled(want: FactColumn, facts: pl.DataFrame) -> pl.Expr:
    present = want.name in facts.columns
    if want.type == "text":
        return pl.col(want.name).cast(pl.String) if present else pl.lit(None, dtype=pl.String)
    default = pl.lit(
        None if want.default is None else int(want.default.scaleb(want.places)), dtype=INT
    )
    if not present:
        return default
    if facts.schema[want.name].is_integer():
        whole = pl.col(want.name).cast(INT) * pl.lit(10**want.places, dtype=INT)
    else:
        whole = _tenths(want) // pl.lit(10 ** (10 - want.places), dtype=INT)
    return whole if want.default is None else pl.coalesce(whole, default)


def _tenths(want: FactColumn) -> pl.Expr:
    """Return a decimal column as whole units of its tenth place."""
    return pl.col(want.name).cast(DECIMAL).to_physical()


def _check(wants: Sequence[FactColumn], facts: pl.DataFrame, raw: pl.DataFrame) -> None:
    masks = [(want, code, mask) for want in wants for code, mask in _masks(want, facts, raw)]
    team = pl.col("team")
    # A look at each mask is cheap; what is wrong is only spelt out where there is something.
    masks = [each for each in masks if each[2].any()]
    once = [name for name in (SCENARIO.name, SEGMENT.name, "person") if name in raw.columns]
    if not masks and raw.n_unique(subset=once) == raw.height <= MAX_TEAM:
        return
    faults = [
        fault for want, code, mask in masks for fault in _cell_faults(want, code, mask, facts)
    ]
    twice = raw.filter(pl.struct(once).is_duplicated())["person"].unique().sort().to_list()
    faults += [
        Fault(
            "facts.repeated",
            N_("`{person}` is given twice."),
            N_("Give one row per person."),
            {"person": each},
        )
        for each in twice
    ]
    crowd = [name for name in (SCENARIO.name, "team") if name in raw.columns]
    crowds = raw.filter(team.is_not_null()).group_by(crowd).len().filter(pl.col("len") > MAX_TEAM)
    faults += [
        Fault(
            "facts.team_size",
            N_("Team `{team}` has more than {limit} members."),
            N_("Split it."),
            {"team": each, "limit": MAX_TEAM},
        )
        for each in crowds["team"].to_list()
    ]
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])


def _masks(want: FactColumn, facts: pl.DataFrame, raw: pl.DataFrame) -> list[tuple[str, pl.Series]]:
    column = raw[want.name]
    found: list[tuple[str, pl.Series]] = []
    if want.required:
        found.append(("facts.empty_cell", column.is_null()))
    if want.labels:
        found.append(
            (
                "facts.label",
                (column.is_not_null() & ~column.is_in(list(want.labels))).fill_null(False),
            )
        )
    if want.unit == "date":
        dated = column.str.to_date("%Y-%m-%d", strict=False).is_null() & column.is_not_null()
        found.append(("facts.date", dated))
    if want.type == "number":
        scale = 10**want.places
        beyond = (column < int(want.least * scale)) | (column > int(want.most * scale))
        if want.name in facts.columns and facts.schema[want.name].is_decimal() and want.places < 10:
            beyond = (
                beyond
                | facts.select(
                    _tenths(want) % pl.lit(10 ** (10 - want.places), dtype=INT) != 0
                ).to_series()
            )
        found.append(("facts.range", beyond.fill_null(False)))
    return found


def _cell_faults(want: FactColumn, code: str, mask: pl.Series, facts: pl.DataFrame) -> list[Fault]:
    message, remedy = _SAYS[code]
    marked = facts.filter(mask).head(MAX_FAULTS)
    values = marked[want.name].to_list() if want.name in facts.columns else [None] * marked.height
    limits = {
        "column": want.name,
        "labels": ", ".join(want.labels),
        "least": f"{want.least:f}",
        "most": f"{want.most:f}",
        "places": want.places,
    }
    return [
        Fault(
            code, message, remedy, {**limits, "value": value}, Place(path=f"{person}.{want.name}")
        )
        for person, value in zip(marked["person"].to_list(), values, strict=True)
    ]
