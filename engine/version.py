"""A policy made ready to be evaluated: layers of columns, and what there is to show."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import polars as pl

from engine.definitions import (
    Definition,
)
from engine.facts import FactColumn
from engine.model import Policy
from engine.running.decisions import Ruleset
from engine.schema.said import Said


@dataclass(frozen=True, slots=True)
class Layer:
    """Columns that need nothing of each other, then the rules that they settle.

    ``stages`` are intermediate columns and then the columns themselves, each stage from earlier
    ones. ``across``: a row's columns look at other rows as well. ``words`` hold the rules' flags,
    packed into whole numbers. ``refused``: a column that is true where the facts are refused,
    whose value, what to say.
    """

    stages: tuple[dict[str, pl.Expr], ...]
    across: bool = False
    words: dict[str, pl.Expr] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    ruleset: Ruleset | None = None
    refused: tuple[tuple[str, str, Said], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What is computed in one go: ``stages`` of columns, each of earlier ones, then a decision.

    ``kept`` columns are there afterwards. ``across``: some look at other rows. ``refused``: as a
    layer's. ``decides``: the layer whose rules are decided then, if there is one.
    """

    stages: tuple[tuple[pl.Expr, ...], ...]
    kept: tuple[str, ...]
    across: bool
    refused: tuple[tuple[str, str, Said], ...]
    decides: Layer | None


@dataclass(frozen=True, slots=True)
class Version:
    """A policy ready to be evaluated. ``shown`` makes each named value from the raw columns.

    ``across`` says which other rows a row depends on: those with the same value in a set of
    keys (``("team",)``; ``()`` is everybody). Empty: each row stands alone. ``fits`` are the same
    version compiled for narrower facts (``refitted``), ``plans`` how it was evaluated before.
    """

    policy: Policy
    digest: str
    facts: tuple[FactColumn, ...]
    definitions: tuple[Definition, ...]
    measured: tuple[Layer, ...]
    granted: tuple[Layer, ...]
    shown: dict[str, pl.Expr]
    across: frozenset[tuple[str, ...]] = frozenset()
    fits: OrderedDict[tuple[FactColumn, ...], Version] = field(
        default_factory=OrderedDict, compare=False, repr=False
    )
    plans: OrderedDict[tuple[object, ...], tuple[Part, ...]] = field(
        default_factory=OrderedDict, compare=False, repr=False
    )
