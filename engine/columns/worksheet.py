"""Intermediate columns: what is computed on the way to a value is computed once, under a name.

A Polars expression that is used twice is computed twice, and formulas over formulas grow without
end. So while a definition is compiled, each exact operation writes its result on the definition's
sheet and passes on the name of that column. Without a sheet it passes on the expression itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count

import polars as pl

PREFIX = "# "


@dataclass
class Sheet:
    """Columns in stages: each needs only earlier ones. ``across``: looks at other rows as well."""

    numbers: Iterator[int] = field(default_factory=count)
    stages: list[dict[str, pl.Expr]] = field(default_factory=list)
    across: bool = False
    _stage_of: dict[str, int] = field(default_factory=dict)

    def keep(self, column: pl.Expr) -> pl.Expr:
        name = f"{PREFIX}{next(self.numbers)}"
        needs = (self._stage_of.get(each, -1) for each in column.meta.root_names())
        stage = 1 + max(needs, default=-1)
        self._stage_of[name] = stage
        while len(self.stages) <= stage:
            self.stages.append({})
        self.stages[stage][name] = column
        return pl.col(name)


_OPEN: ContextVar[Sheet | None] = ContextVar("sheet", default=None)


@contextmanager
def on(sheet: Sheet) -> Iterator[Sheet]:
    """Write intermediate columns on ``sheet``."""
    before = _OPEN.set(sheet)
    try:
        yield sheet
    finally:
        _OPEN.reset(before)


def kept(column: pl.Expr) -> pl.Expr:
    """Write ``column`` on the open sheet and return its name; the column itself without one."""
    sheet = _OPEN.get()
    if sheet is None:
        return column
    meta = column.meta
    return column if meta.is_column() or meta.is_literal() else sheet.keep(column)


def looks_across() -> None:
    """Note that what is being compiled aggregates over several rows."""
    if (sheet := _OPEN.get()) is not None:
        sheet.across = True
