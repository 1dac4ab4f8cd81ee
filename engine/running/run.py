"""A plan over raw facts: columns, then decisions, then columns.

Columns that look at their own row alone are computed slice by slice, so that what is on the way
stays small and near the processor; shares, pools and team figures see the whole scope.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from engine.errors import Fault, KaohengError, Place
from engine.facts import MAX_FAULTS
from engine.running.classes import decided
from engine.schema.said import Said
from engine.version import Part

SLICE = 131_072
# The plan is already what it should be, and looking for a better one takes longer than one row.
AS_WRITTEN = pl.QueryOptFlags.none()


def is_sliced(raw: pl.DataFrame) -> bool:
    """Whether there are so many rows that they are computed slice by slice."""
    return raw.height > SLICE


def computed(raw: pl.DataFrame, plan: Sequence[Part]) -> pl.DataFrame:
    """Return the raw columns that were planned; KaohengError where facts cannot stand."""
    for part in plan:
        raw = _columns(raw, part)
        _refuse(raw, part.refused)
        if (layer := part.decides) is not None and layer.ruleset is not None:
            keys = list(layer.words)
            raw = decided(raw, keys, len(layer.flags), layer.ruleset, layer.rules).drop(keys)
    return raw


def _refuse(raw: pl.DataFrame, refused: Sequence[tuple[str, str, Said]]) -> None:
    """Refuse facts that the policy says cannot stand, naming each person."""
    faults = [
        Fault(said.code, str(said), said.remedy, said.params, Place(path=f"{person}.{name}"))
        for column, name, said in refused
        if raw[column].any()
        for person in raw.filter(pl.col(column))["person"].head(MAX_FAULTS).to_list()
    ]
    if faults:
        raise KaohengError(faults[:MAX_FAULTS])


def _columns(raw: pl.DataFrame, part: Part) -> pl.DataFrame:
    def plan(rows: pl.LazyFrame) -> pl.LazyFrame:
        for stage in part.stages:
            rows = rows.with_columns_seq(stage)
        return rows.select(part.kept)

    return _collected(raw, plan, sliced=not part.across)


def shown(raw: pl.DataFrame, values: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Return columns that are made of their own row alone."""
    columns = [column.alias(name) for name, column in values.items()]
    return _collected(raw, lambda rows: rows.select(columns), sliced=True)


def _collected(
    raw: pl.DataFrame, plan: Callable[[pl.LazyFrame], pl.LazyFrame], *, sliced: bool
) -> pl.DataFrame:
    if not (sliced and is_sliced(raw)):
        return plan(raw.lazy()).collect(optimizations=AS_WRITTEN)
    slices = [plan(rows.lazy()) for rows in raw.iter_slices(SLICE)]
    return pl.concat(pl.collect_all(slices, optimizations=AS_WRITTEN), rechunk=False)
