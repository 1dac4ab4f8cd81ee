"""Sharing an amount out so that the parts sum to it, to the minor unit (largest remainder)."""

from __future__ import annotations

import polars as pl

from engine import exact
from engine.exact import INT, LIMIT, Exact


def shares(fund: Exact, weight: Exact, trigger: pl.Expr, most: int) -> Exact:
    """Return each row's part of its team's ``fund``, in the fund's own unit.

    ``fund`` and ``trigger`` are the same in all rows of a team; ``most`` bounds a team's size. What
    flooring leaves over goes, a unit each, to the largest remainders, ties by person code. A team
    without any positive weight shares nothing: the fund then stays unpaid. A fund at or
    below zero pays nothing.
    """
    amount = pl.max_horizontal(fund.top, exact.whole(0))
    total = weight.top.sum().over("team")
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
    left = amount - part.sum().over("team")
    # Where ranks tie in the remainder, the smaller person code comes first.
    turn = (
        pl.struct((exact.whole(0) - rest).alias("rest"), pl.col("person"))
        .rank("ordinal")
        .over("team")
        .cast(INT)
    )
    paid = part + (turn <= left).cast(INT)
    pays = trigger & pl.col("team").is_not_null() & (weight.top > 0)
    return Exact(pl.when(pays).then(paid), 0, max(fund.high, 0), fund.scale)
