"""What a definition is compiled in: the values of names, the rows it may look across."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from engine.columns.formulas import number
from engine.columns.values import Label, Numeric, Value
from engine.columns.worksheet import looks_across
from engine.language.expression import Name
from engine.schema.said import Said


@dataclass(frozen=True, slots=True)
class Scope:
    """The values that names stand for; ``lookup`` is what a formula sees.

    ``partition`` are the columns that keep scenarios of one population apart. ``awaited``
    gives, by name, where an input that the value comes from is pending. While a definition
    is compiled it adds to ``refused`` (where the facts are refused, and with what to say)
    and to ``pending`` (where the value itself is awaited). ``across`` collects the keys of
    what was aggregated.
    """

    values: Mapping[str, Value]
    lookup: Callable[[Name], Value]
    partition: tuple[str, ...] = ()
    awaited: Callable[[str], tuple[pl.Expr, ...]] = lambda _: ()
    across: set[tuple[str, ...]] = field(default_factory=set)
    refused: list[tuple[pl.Expr, Said]] = field(default_factory=list)
    pending: list[pl.Expr] = field(default_factory=list)

    def numeric(self, name: str) -> Numeric:
        return number(Name(name), lambda each: self.values[each.name])

    def label(self, name: str) -> Label:
        found = self.values[name]
        assert isinstance(found, Label)
        return found

    def over(self, aggregate: pl.Expr, *keys: str) -> pl.Expr:
        """Aggregate over the rows that share ``keys``, within a scenario; over all without any."""
        looks_across()
        self.across.add(keys)
        within = [*self.partition, *keys]
        return aggregate.over(within) if within else aggregate


@dataclass(frozen=True, slots=True)
class Compiled:
    """The columns to compute, the value of the name, and the decimals of its raw column."""

    columns: list[tuple[str, pl.Expr]]
    value: Value
    digits: int = 0
