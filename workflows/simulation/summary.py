"""A simulation's figures: totals, grades, grants and pay, who moves, and what it costs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl

from engine import canonical
from engine.facts import DECIMAL
from engine.plain import plain_number
from workflows.simulation.effect import Effect, Sided, exact_sum, grade_order

BIN = 10  # points
MOST_BINS = 24
_MARKS = ("rises", "falls", "grade_up", "grade_down", "gains", "loses", "better_off", "worse_off")
NUMBERS = ("total", "coefficient", "money")
KEPT = tuple(f"{word}.{name}" for word in ("before", "after") for name in (*NUMBERS, "grade"))

Summary = dict[str, Any]


def summed_up(effect: Effect) -> Summary:
    """Return the figures of an effect as plain JSON: amounts and scores as text."""
    frame = effect.frame
    counts = {name: int(frame[name].sum()) for name in (*_MARKS, "undecided")}
    only = frame.group_by("there").len()
    money = frame["money"]
    return {
        "people": frame.height,
        "currency": effect.currency,
        "counts": counts | {f"only_{word}": size for word, size in only.rows() if word != "both"},
        "gained": plain_number(exact_sum(money.filter(frame["gains"]))),
        "lost": plain_number(exact_sum(money.filter(frame["loses"]))),
        "before": _side(effect.before),
        "after": _side(effect.after),
        "grades": _grades(effect),
        "scores": _scores(frame),
        "crossings": _crossings(frame),
        "given": _given(effect),
    }


def kept_rows(effect: Effect) -> bytes:
    """Return a canonical line a person: total, grade, coefficient and money on both sides."""
    return canonical.lines(effect.frame.select("person", "team", "undecided", *KEPT))


def read_rows(rows: bytes) -> pl.DataFrame:
    """Read ``kept_rows`` back, numbers as Decimal(38, 10), with the differences."""
    texts = dict.fromkeys(("person", "team", *KEPT), pl.String)
    frame = pl.read_ndjson(rows, schema={**texts, "undecided": pl.Boolean}).with_columns(
        pl.col(name).cast(DECIMAL) for name in KEPT if not name.endswith("grade")
    )
    zero = pl.lit(Decimal(0), dtype=DECIMAL)
    return frame.with_columns(
        (pl.col("after.money").fill_null(zero) - pl.col("before.money").fill_null(zero)).alias(
            "money"
        ),
        (pl.col("after.total") - pl.col("before.total")).alias("score"),
    )


def teams(frame: pl.DataFrame) -> pl.DataFrame:
    """Sum rows up by team: people, mean totals (ten places), money on both sides and between."""
    both = pl.col("before.total").is_not_null() & pl.col("after.total").is_not_null()
    return (
        frame.group_by("team")
        .agg(
            pl.len().alias("people"),
            *(pl.col(f"{word}.money").sum() for word in ("before", "after")),
            pl.col("money").sum(),
            *(
                pl.col(f"{word}.total").filter(both).sum().alias(f"{word}.total")
                for word in ("before", "after")
            ),
            both.sum().cast(pl.Int64).alias("scored"),
            pl.col("before.grade").ne_missing(pl.col("after.grade")).sum().alias("regraded"),
        )
        .sort("team", nulls_last=True)
    )


def mean(total: Decimal, count: int, places: int) -> Decimal | None:
    """Return the mean to so many places, rounded half up; None of nobody."""
    if not count:
        return None
    return (total / count).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _side(side: Sided) -> Summary:
    totals = side.frame["total"].drop_nulls()
    average = mean(exact_sum(totals), totals.len(), side.policy.rounding.total)
    return {
        "money": plain_number(exact_sum(side.frame["money"])),
        "mean": None if average is None else plain_number(average),
        "people": side.frame.height,
        "basis": side.judged.basis,
        "anew": list(side.judged.anew),
        "calibrated": side.judged.calibrated,
        "uncalibrated": side.judged.uncalibrated,
    }


def _grades(effect: Effect) -> list[Summary]:
    """Count each grade on both sides; None is nobody's grade, pending or not appraised."""
    counts = [
        dict(side.frame.group_by("grade").len().rows()) for side in (effect.before, effect.after)
    ]
    order = grade_order(effect.before.policy, effect.after.policy)
    without = [None] if any(None in count for count in counts) else []
    return [
        {"grade": grade, "before": counts[0].get(grade, 0), "after": counts[1].get(grade, 0)}
        for grade in (*order, *without)
    ]


def _scores(frame: pl.DataFrame) -> list[Summary]:
    """Count totals in equal steps of points, from the lowest to the highest that there is."""
    totals = frame.unpivot(["before.total", "after.total"])["value"].drop_nulls().cast(pl.Int64)
    lowest, highest = totals.min(), totals.max()
    if not isinstance(lowest, int) or not isinstance(highest, int):
        return []
    width = BIN
    while (highest - lowest) // width >= MOST_BINS:
        width *= 2
    counts = [_binned(frame[f"{word}.total"], width) for word in ("before", "after")]
    return [
        {"from": start, "to": start + width, "before": old, "after": new}
        for start in range(lowest // width * width, highest + 1, width)
        for old, new in [tuple(each.get(start, 0) for each in counts)]
    ]


def _binned(totals: pl.Series, width: int) -> dict[int, int]:
    places = totals.drop_nulls().cast(pl.Int64) // width * width
    return dict(places.alias("bin").value_counts().rows())


def _crossings(frame: pl.DataFrame) -> list[Summary]:
    moved = frame.filter(
        pl.col("before.grade").ne_missing(pl.col("after.grade")) & ~pl.col("undecided")
    )
    counted = moved.group_by("before.grade", "after.grade").len()
    ordered = counted.sort("len", "before.grade", "after.grade", descending=[True, False, False])
    return [{"before": old, "after": new, "people": size} for old, new, size in ordered.rows()]


def _given(effect: Effect) -> list[Summary]:
    """Set side by side what each rule, step and pool gives altogether."""
    found: dict[tuple[str, str], Summary] = {}
    for word, side in (("before", effect.before), ("after", effect.after)):
        for each in side.given:
            row = found.setdefault((each.kind, each.rule), _nothing(each.kind, each.rule))
            row["text"] = {"zh": each.text.zh, "en": each.text.en}
            row[word]["people"] += each.people
            if each.amount is not None:
                row[word]["amount"] = plain_number(Decimal(row[word]["amount"] or 0) + each.amount)
    return list(found.values())


def _nothing(kind: str, rule: str) -> Summary:
    return {
        "kind": kind,
        "rule": rule,
        "before": {"people": 0, "amount": None},
        "after": {"people": 0, "amount": None},
    }
