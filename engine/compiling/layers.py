"""Definitions in the order of need → layers of columns, each with the rules that it settles."""

from __future__ import annotations

import polars as pl

from engine.compiling.compilation import Compilation
from engine.compiling.conditions import alternatives, pushed
from engine.compiling.flags import flag_name
from engine.definitions import (
    Decided,
    Definition,
)
from engine.running.classes import words
from engine.running.decisions import Alternative, ruleset
from engine.version import Layer


def layers(work: Compilation, order: list[Definition], done: set[str]) -> tuple[Layer, ...]:
    """Group definitions by how many others stand before them."""
    depth: dict[str, int] = dict.fromkeys(done, -1)
    grouped: list[list[Definition]] = []
    for each in order:
        level = 1 + max((depth.get(name, -1) for name in work.needs[each.name]), default=-1)
        depth[each.name] = level
        while len(grouped) <= level:
            grouped.append([])
        grouped[level].append(each)
    _put_off_rules(work, grouped)
    return tuple(
        _layer(work, part, across)
        for layer in grouped
        for across in (False, True)
        if (part := [each for each in layer if work.sheets[each.name].across == across])
    )


def _put_off_rules(work: Compilation, layers: list[list[Definition]]) -> None:
    """Decide what nothing else waits for in one go, at the end."""
    needed = {name for layer in layers for each in layer for name in work.needs[each.name]}
    late: list[Definition] = []
    for layer in layers:
        waits = [isinstance(each.what, Decided) and each.name not in needed for each in layer]
        late += [each for each, put_off in zip(layer, waits, strict=True) if put_off]
        layer[:] = [each for each, put_off in zip(layer, waits, strict=True) if not put_off]
    layers.append(late)


def _layer(work: Compilation, layer: list[Definition], across: bool) -> Layer:
    rules = [each for each in layer if isinstance(each.what, Decided)]
    stages = _stages(work, layer)
    refused = tuple(one for each in layer for one in work.refused[each.name])
    if not rules:
        return Layer(stages, across, refused=refused)
    flags = list(dict.fromkeys(name for each in rules for name, _ in work.columns[each.name]))
    place = {name: number for number, name in enumerate(flags)}
    found = [
        Alternative(each.name, tuple(sorted({place[flag_name(leaf)] for leaf in option})))
        for each in rules
        if isinstance(each.what, Decided)
        for option in alternatives(pushed(each.what.when))
    ]
    return Layer(
        stages,
        across,
        words(flags),
        tuple(each.name for each in rules),
        tuple(flags),
        ruleset(found),
        refused,
    )


def _stages(work: Compilation, layer: list[Definition]) -> tuple[dict[str, pl.Expr], ...]:
    """Put the intermediate columns of all definitions side by side, then their own columns."""
    sheets = [work.sheets[each.name].stages for each in layer]
    stages: list[dict[str, pl.Expr]] = []
    for number in range(max(map(len, sheets), default=0)):
        stages.append({})
        for own in sheets:
            stages[-1].update(own[number] if number < len(own) else {})
    stages.append({})
    for each in layer:
        stages[-1].update(work.columns[each.name])
    return tuple(stages)
