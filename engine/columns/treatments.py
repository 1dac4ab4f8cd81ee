"""Declared treatments of what cannot be computed: a zero target, a base below zero.

``full`` is 1, ``zero`` is 0; ``not_applicable`` leaves the value out, its weight shared by the
others; ``pending`` waits for it, and the person's result with it; ``refuse`` refuses the facts.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl

from engine.columns import exact
from engine.columns.exact import Exact
from engine.columns.scope import Scope
from engine.errors import N_
from engine.schema.said import Said

ZERO, ONE = exact.literal(Decimal(0)), exact.literal(Decimal(1))


def treated(value: Exact, where: pl.Expr, treatment: str, scope: Scope, name: str) -> Exact:
    """Return ``value``, with what ``treatment`` says in the rows ``where`` (null: as it is)."""
    where = where.fill_null(False)
    if treatment == "refuse":
        scope.refused.append((where, _refusal(name)))
    if treatment == "pending":
        scope.pending.append(where)
    instead = ONE if treatment == "full" else ZERO
    if treatment not in {"full", "zero"}:
        instead = replace(instead, top=pl.lit(None, dtype=exact.INT), constant=False)
    return exact.choose(where, instead, value)


def filled(of: Exact) -> Exact:
    """Count what is not applicable as zero; for numbers that are not fractions."""
    return replace(
        of,
        top=of.top.fill_null(exact.whole(0)),
        low=min(of.low, 0),
        high=max(of.high, 0),
        constant=False,
    )


def _refusal(name: str) -> Said:
    return Said(
        "facts.cannot_compute",
        N_("`{name}` cannot be computed from these facts, and the policy says to refuse them."),
        N_("Correct the facts: a zero, or a figure at or below zero, is where one is divided by."),
        name=name,
    )
