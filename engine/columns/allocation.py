"""Sharing an amount out so that the parts sum to it, to the minor unit (largest remainder)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import polars as pl

from engine.columns import exact
from engine.columns.exact import INT, Exact
from engine.columns.worksheet import kept


def shares(
    fund: Exact,
    weight: Exact,
    trigger: pl.Expr,
    most: int,
    over: Callable[[pl.Expr], pl.Expr],
) -> Exact:
    """Return each row's part of its team's ``fund``, in the fund's own unit.

    ``over`` aggregates a column over the team. ``fund`` and ``trigger`` are the same in all rows
    of a team; ``most`` bounds a team's size. What flooring leaves over goes, a unit each, to the
    largest remainders, ties by person code. A team without any positive weight shares nothing:
    the fund then stays unpaid. A fund that is unknown, or at or below zero, pays nothing.
    """
    if fund.bottom is not None or weight.bottom is not None:
        raise exact.TooLarge
    known = replace(fund, top=fund.top.fill_null(exact.whole(0)), low=min(fund.low, 0))
    amount = exact.greatest(known, exact.literal(Decimal(0)))
    total = exact.summed(weight, most, over).top
    weighted = exact.multiply(amount, weight).top
    some = kept(pl.when(total > 0).then(total))
    part, rest = kept(weighted // some), kept(weighted % some)
    left = amount.top - over(part.sum())  # no parts of a team come to more than its fund
    # Where ranks tie in the remainder, the smaller person code comes first.
    order = pl.struct((exact.whole(0) - rest).alias("rest"), pl.col("person")).rank("ordinal")
    turn = over(order).cast(INT)
    paid = part + (turn <= left).cast(INT)
    pays = trigger & pl.col("team").is_not_null() & (weight.top > 0)
    return Exact(pl.when(pays).then(paid), 0, max(fund.high, 0), fund.scale)
