"""The facts that every contestant is given: made up, the same for all, teams of ten.

Money is in cents and everything is a whole number here; each contestant takes them in the
form that suits it best before its clock starts.
"""

from __future__ import annotations

import polars as pl

MONEY = ("revenue", "collected", "revenue_target")
COUNTS = ("won", "closed", "days", "customers", "customers_target")
TEAM_SIZE = 10


def people(count: int) -> pl.DataFrame:
    """Return ``count`` rows; one person in thirty or so won nothing, so two KPIs do not apply."""
    col, number = pl.col, pl.int_range(count)
    target = _drawn(count, 1, 2_000, 6_000) * 10_000
    frame = pl.select(
        person="P" + number.cast(pl.String).str.zfill(8),
        team="T" + (number // TEAM_SIZE).cast(pl.String).str.zfill(7),
        closed=_drawn(count, 2, 1, 60),
        wins=_drawn(count, 3, 0, 40),
        revenue_target=target,
        reach=_drawn(count, 4, 300, 1_500),
        paid=_drawn(count, 5, 6_000, 10_500),
        each=_drawn(count, 6, 15, 120),
        customers=_drawn(count, 7, 0, 12),
        customers_target=_drawn(count, 8, 3, 9),
    )
    frame = frame.with_columns(won=pl.min_horizontal("wins", "closed"))
    revenue = pl.when(col("won") > 0).then(col("revenue_target") * col("reach") // 1_000 + 37)
    frame = frame.with_columns(revenue=revenue.otherwise(0), days=col("won") * col("each"))
    frame = frame.with_columns(collected=col("revenue") * col("paid") // 10_000)
    return frame.select("person", "team", *MONEY, *COUNTS)


def _drawn(count: int, salt: int, least: int, most: int) -> pl.Expr:
    """Whole numbers that look random and are the same everywhere (a 64-bit mixer's)."""
    mixed = pl.int_range(count, dtype=pl.UInt64) + pl.lit(salt << 40, dtype=pl.UInt64)
    for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):
        mixed = (mixed ^ (mixed // 2**31)) * pl.lit(factor, dtype=pl.UInt64)
    return ((mixed // 2**33) % (most - least + 1)).cast(pl.Int64) + least
