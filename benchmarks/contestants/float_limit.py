"""The same policy by hand in Polars on floats: quick, now and then wrong, and the limit."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from benchmarks.contestants.contestant import Contestant
from benchmarks.outcomes import COLLECTION, GRADES, RULES, WIN_RATE, Outcome
from benchmarks.people import COUNTS, MONEY

col = pl.col


def _rounded(column: pl.Expr, digits: int) -> pl.Expr:
    return (column * 10.0**digits + 0.5).floor() / 10.0**digits


def _line(points: tuple[tuple[str, int], ...], at: pl.Expr) -> pl.Expr:
    edges = [(float(edge), float(worth)) for edge, worth in points]
    found = pl.lit(edges[-1][1])
    for (left, low), (right, high) in reversed(list(pairwise(edges))):
        slope = (high - low) / (right - left)
        found = (
            pl.when(at <= right).then(low + (at.clip(left, right) - left) * slope).otherwise(found)
        )
    return _rounded(pl.when(at.is_not_null()).then(found), 2)


def _graded(values: list[object]) -> pl.Expr:
    found = pl.lit(values[-1])
    for (_, edge, _), value in reversed(list(zip(GRADES[:-1], values, strict=False))):
        found = pl.when(col("total") >= edge).then(pl.lit(value)).otherwise(found)
    return found


def _prepare(people: pl.DataFrame) -> pl.DataFrame:
    return people.with_columns(
        *(col(name).cast(pl.Float64) / 100 for name in MONEY),
        *(col(name).cast(pl.Float64) for name in COUNTS),
    )


def _run(people: pl.DataFrame) -> pl.DataFrame:
    sums = (col(name).sum().over("team") for name in ("revenue", "revenue_target"))
    days = pl.when(col("won") > 0).then(col("days") / col("won"))
    collected = pl.when(col("revenue") > 0).then(col("collected") / col("revenue"))
    known = (col("collection").is_not_null() * 0.2, col("cycle").is_not_null() * 0.1)
    return (
        people.lazy()
        .with_columns(
            attained=_rounded(col("revenue") / col("revenue_target"), 4),
            customer=_rounded(col("customers") / col("customers_target"), 4),
            rate=_rounded(col("won") / col("closed"), 6),
            paid=_rounded(collected, 6),
            mean=days,
            lift=next(sums) / next(sums),
        )
        .with_columns(
            collection=_line(COLLECTION, col("paid")),
            win_rate=_line(WIN_RATE, col("rate")),
            cycle=pl.when(col("mean") >= 90)
            .then(40.0)
            .when(col("mean") >= 60)
            .then(70.0)
            .when(col("mean") >= 30)
            .then(100.0)
            .when(col("mean").is_not_null())
            .then(120.0),
        )
        .with_columns(
            total=_rounded(
                (
                    (col("attained") * 100).clip(upper_bound=130.0) * 0.4
                    + (col("customer") * 100).clip(upper_bound=120.0) * 0.15
                    + col("win_rate") * 0.15
                    + col("collection").fill_null(0.0) * 0.2
                    + col("cycle").fill_null(0.0) * 0.1
                )
                / (0.7 + known[0] + known[1]),
                2,
            ).clip(upper_bound=120.0)
        )
        .with_columns(
            grade=_graded([code for code, _, _ in GRADES]),
            share=_graded([float(share) for _, _, share in GRADES]),
            bonus=(col("total") >= 80) & (col("attained") >= 1),
            outstanding=col("total") >= 115,
            new_business=col("customer") >= 1.2,
            quality=(col("collection") >= 100).fill_null(False) & (col("win_rate") >= 100),
            team_lift=(col("total") >= 100) & (col("lift") >= 1.1),
            coaching=(col("total") < 60) | ((col("total") < 80) & (col("attained") < 0.65)),
        )
        .select(
            *("person", "total", "grade", "share", *RULES),
            pay_bonus=col("share") * 8_000,
            pay_customers=col("customers") * 300,
            pay_quality=_rounded(col("collected") * 0.005, 2),
        )
        .collect()
    )


def _told(frame: pl.DataFrame) -> list[Outcome]:
    found: list[Outcome] = []
    for row in frame.rows(named=True):
        holds = [row[rule] for rule in RULES]
        pays = (row["pay_bonus"], 5_000, row["pay_customers"], row["pay_quality"], 1_000)
        paid = sum(pay for pay, held in zip(pays, holds, strict=False) if held)
        bits = sum(1 << place for place, held in enumerate(holds) if held)
        found.append((round(row["total"] * 100), row["grade"], bits, round(paid * 100)))
    return found


FLOAT_LIMIT = Contestant(rows=1_000_000, prepare=_prepare, run=_run, told=_told)
