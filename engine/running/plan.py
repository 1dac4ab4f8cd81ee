"""What evaluating takes: a version's layers → parts, each computed in one go.

A part ends at a decision, or where rows must be seen together. Within it every column is put into
the earliest stage that it can be in, whatever layer it is of: for one row a stage costs as much as
several columns do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from engine.version import Layer, Part

# What says whose row it is stays to the end.
KEYS = frozenset({"person", "team", "scenario"})


@dataclass(frozen=True, slots=True)
class _Needed:
    """A layer's columns that something needs, and all names that are needed once it is done."""

    layer: Layer
    columns: dict[str, pl.Expr]
    live: set[str]
    decides: bool


def planned(
    layers: Sequence[Layer], wanted: set[str], present: Sequence[str], *, sliced: bool
) -> tuple[Part, ...]:
    """Plan the ``wanted`` raw columns; what neither they nor a rule needs is left out.

    Columns that are ``present`` already (facts, and what was put together by days) stay.
    ``sliced``: those of their own row alone are apart from those that look at others.
    """
    parts = []
    for group in _groups(_needed(layers, wanted, set(present)), sliced=sliced):
        parts.append(_part(group, present))
        decides = parts[-1].decides
        present = (*parts[-1].kept, *(decides.rules if decides else ()))
    return tuple(parts)


def _needed(layers: Sequence[Layer], wanted: set[str], present: set[str]) -> list[_Needed]:
    found: list[_Needed] = []
    live = wanted
    for layer in reversed(layers):
        after = live | KEYS
        ruled = bool(live.intersection(layer.rules))
        live = (live - set(layer.rules)) | set(layer.flags if ruled else ())
        live |= {column for column, _, _ in layer.refused}
        columns = dict(layer.words) if ruled else {}
        after |= set(columns)
        for stage in reversed(layer.stages):
            own = {name: stage[name] for name in stage if name in live and name not in present}
            live = (live - set(own)).union(*(each.meta.root_names() for each in own.values()))
            columns = own | columns
        if columns:
            found.append(_Needed(layer, columns, after, ruled))
    return found[::-1]


def _groups(needed: Sequence[_Needed], *, sliced: bool) -> Iterator[list[_Needed]]:
    """Put together what can be computed in one go."""
    group: list[_Needed] = []
    for number, each in enumerate(needed):
        group.append(each)
        following = needed[number + 1] if number + 1 < len(needed) else None
        turns = sliced and following is not None and following.layer.across != each.layer.across
        if each.decides or following is None or turns:
            yield group
            group = []


def _part(group: Sequence[_Needed], present: Sequence[str]) -> Part:
    columns = {name: column for each in group for name, column in each.columns.items()}
    refused = tuple(one for each in group for one in each.layer.refused)
    last = group[-1]
    live = last.live.union(column for column, _, _ in refused)
    return Part(
        _stages(columns),
        tuple(name for name in dict.fromkeys([*present, *columns]) if name in live),
        group[0].layer.across,
        refused,
        last.layer if last.decides else None,
    )


def _stages(columns: Mapping[str, pl.Expr]) -> tuple[tuple[pl.Expr, ...], ...]:
    """Put columns, which stand in an order of need, into as few stages as there can be."""
    stage_of: dict[str, int] = {}
    stages: list[list[pl.Expr]] = []
    for name, column in columns.items():
        needs = (stage_of.get(root, -1) for root in column.meta.root_names())
        stage_of[name] = stage = 1 + max(needs, default=-1)
        if stage == len(stages):
            stages.append([])
        stages[stage].append(column.alias(name))
    return tuple(map(tuple, stages))
