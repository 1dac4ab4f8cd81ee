"""Sharing an amount out so that the parts sum to it, to the minor unit (largest remainder)."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from engine import exact
from engine.exact import INT, LIMIT, Exact


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
    the fund then stays unpaid. A fund at or below zero pays nothing.
    """
    amount = pl.max_horizontal(fund.top, exact.whole(0))
    total = over(weight.top.sum())
    if (
        fund.bottom is not None
        or weight.bottom is not None
        or fund.high * max(weight.high, 1) >= LIMIT
    ):
        raise exact.TooLarge
    if weight.high * most >= LIMIT:
        raise exact.TooLarge
    some = pl.when(total > 0).then(total)
    part, rest = amount * weight.top // some, amount * weight.top % some
    left = amount - over(part.sum())
    # Where ranks tie in the remainder, the smaller person code comes first.
    order = pl.struct((exact.whole(0) - rest).alias("rest"), pl.col("person")).rank("ordinal")
    turn = over(order).cast(INT)
    paid = part + (turn <= left).cast(INT)
    pays = trigger & pl.col("team").is_not_null() & (weight.top > 0)
    return Exact(pl.when(pays).then(paid), 0, max(fund.high, 0), fund.scale)
