"""A version's layers over raw facts: columns, then decisions, then columns.

Columns that look at their own row alone are computed slice by slice, so that what is on the way
stays small and near the processor; shares, pools and team figures see the whole scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from engine.classes import decided
from engine.errors import Fault, KaohengError, Place
from engine.facts import MAX_FAULTS
from engine.schema.said import Said
from engine.version import Layer

SLICE = 131_072
# The plan is already what it should be, and looking for a better one takes longer than one row.
AS_WRITTEN = pl.QueryOptFlags.none()


def computed(raw: pl.DataFrame, layers: Sequence[Layer], wanted: set[str]) -> pl.DataFrame:
    """Return the ``wanted`` raw columns; what neither they nor a rule needs is left out.

    Columns that are there already (put together by days) stay. KaohengError where the policy says
    that facts cannot stand.
    """
    needed = _needed(layers, wanted, set(raw.columns))
    for part, live in _parts(needed, sliced=raw.height > SLICE):
        refused = [each for layer in part for each in layer.refused]
        raw = _columns(raw, part, live.union(column for column, _, _ in refused))
        _refuse(raw, refused)
        last = part[-1]
        if last.ruleset is not None:
            keys = list(last.words)
            raw = decided(raw, keys, len(last.flags), last.ruleset, last.rules).drop(keys)
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


def _needed(
    layers: Sequence[Layer], wanted: set[str], present: set[str]
) -> list[tuple[Layer, set[str]]]:
    """Keep of each layer what is needed, and say which columns are, once it is done."""
    found: list[tuple[Layer, set[str]]] = []
    live = set(wanted)
    for layer in reversed(layers):
        after = live | {"person", "team", "scenario"}
        ruled = bool(live.intersection(layer.rules))
        live = (live - set(layer.rules)) | set(layer.flags if ruled else ())
        live |= {column for column, _, _ in layer.refused}
        stages = []
        for stage in reversed(layer.stages):
            asked = live - present
            own = {name: column for name, column in stage.items() if name in asked}
            live -= set(own)
            live = live.union(*(column.meta.root_names() for column in own.values()))
            stages.append(own)
        kept = tuple(stage for stage in reversed(stages) if stage)
        if ruled:
            found.append((replace(layer, stages=(*kept, layer.words)), after | set(layer.words)))
        elif kept:
            found.append((replace(layer, stages=kept, rules=(), ruleset=None), after))
    return found[::-1]


def _parts(
    layers: Sequence[tuple[Layer, set[str]]], *, sliced: bool
) -> Iterator[tuple[list[Layer], set[str]]]:
    """Put together what can be computed in one go: up to a decision, or a look at other rows."""
    part: list[Layer] = []
    for number, (layer, live) in enumerate(layers):
        part.append(layer)
        following = layers[number + 1][0] if number + 1 < len(layers) else None
        turns = sliced and following is not None and following.across != layer.across
        if layer.ruleset is not None or following is None or turns:
            yield part, live
            part = []


def _columns(raw: pl.DataFrame, layers: Sequence[Layer], live: set[str]) -> pl.DataFrame:
    made = [name for layer in layers for stage in layer.stages for name in stage]
    kept = [name for name in dict.fromkeys([*raw.columns, *made]) if name in live]

    def plan(rows: pl.LazyFrame) -> pl.LazyFrame:
        for layer in layers:
            for stage in layer.stages:
                rows = rows.with_columns_seq(**stage)
        return rows.select(kept)

    return _collected(raw, plan, sliced=not layers[0].across)


def shown(raw: pl.DataFrame, values: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Return columns that are made of their own row alone."""
    columns = [column.alias(name) for name, column in values.items()]
    return _collected(raw, lambda rows: rows.select(columns), sliced=True)


def _collected(
    raw: pl.DataFrame, plan: Callable[[pl.LazyFrame], pl.LazyFrame], *, sliced: bool
) -> pl.DataFrame:
    if raw.height <= SLICE or not sliced:
        return plan(raw.lazy()).collect(optimizations=AS_WRITTEN)
    slices = [plan(rows.lazy()) for rows in raw.iter_slices(SLICE)]
    return pl.concat(pl.collect_all(slices, optimizations=AS_WRITTEN), rechunk=False)
