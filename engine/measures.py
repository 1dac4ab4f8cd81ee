"""Records → actuals 完成值: what each person sold, closed and won in a period, exactly.

A record counts for whoever is credited with it, with their share: sums, days and counts
are multiplied by it, so that the people of a split deal add up to the deal. Distinct and
first-time counts are of customers and the like, which are not divisible; they count
whole for everyone credited.

Nothing is rounded here: an amount has at most four decimals and a share at most six
(the source file's schema holds them to that), so that a product is exact at ten. A
ratio stays its two parts until ``rounded_ratio``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

import polars as pl

from engine.errors import N_, Fault, Place
from engine.model import Measure
from engine.periods import Period, PeriodKind, containing
from engine.reader import nearest

EXACT = pl.Decimal(38, 10)
CREDIT_COLUMNS = {"kind": pl.String(), "code": pl.String(), "person": pl.String(), "share": EXACT}
PEOPLE_COLUMNS = {"person": pl.String(), "members": pl.List(pl.String())}


@dataclass(frozen=True, slots=True)
class Mark:
    """What is particular about a credit line: it holds over [since, until) only (a handover
    交接; None is without end), it counts ``late`` for these measures, though its day is of an
    earlier period, or it has counted late for those ``elsewhere`` already.
    """

    since: date | None = None
    until: date | None = None
    late: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


MARK_COLUMNS = {
    "since": pl.Date(),
    "until": pl.Date(),
    "late": pl.List(pl.String()),
    "elsewhere": pl.List(pl.String()),
}


def records_frame(
    measures: Iterable[Measure],
    credits: Iterable[tuple[str, str, str, Decimal, Mapping[str, str]]],
    marks: Sequence[Mark] | None = None,
) -> pl.DataFrame:
    """Return the table that ``actuals`` takes, a row per credit line.

    ``credits`` are (kind, record code, person, share, fields); fields are canonical text, as
    an import gives it. Only the fields that ``measures`` name become columns. ``marks``, one
    a credit, are given where any line has something particular.
    """
    names = sorted({name for measure in measures for name in fields_of(measure)})
    schema = CREDIT_COLUMNS | {_column(name): pl.String() for name in names}
    rows = [
        (kind, code, person, share, *(fields.get(name) for name in names))
        for kind, code, person, share, fields in credits
    ]
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    if marks is None:
        return frame
    of_lines = [(each.since, each.until, list(each.late), list(each.elsewhere)) for each in marks]
    return frame.hstack(pl.DataFrame(of_lines, schema=MARK_COLUMNS, orient="row"))


def people_frame(members: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Return the population as ``actuals`` takes it: each person, and whom they manage."""
    rows = [(person, list(managed)) for person, managed in members.items()]
    return pl.DataFrame(rows, schema=PEOPLE_COLUMNS, orient="row")


def actuals(
    measures: Sequence[Measure], records: pl.DataFrame, people: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Return ``people``'s persons, in their order, with a column per measure that is no ratio.

    ``records`` is a row per credit line of all time (``records_frame``), because a first
    time can only be told from what came before. A measure over ``team`` takes the records
    credited to a person's ``members`` (``people_frame``). Columns are Decimal(38, 10);
    whoever has no record has zeros.
    """
    result = people.lazy().select("person")
    for measure in measures:
        if measure.is_made_of_others:
            continue
        values = _values(measure, records, people, period)
        result = result.join(values, on="person", how="left", maintain_order="left").with_columns(
            pl.col(measure.code).fill_null(Decimal(0))
        )
    return result.collect()


def rounded_ratio(numerator: Decimal, denominator: Decimal, digits: int) -> Decimal | None:
    """Return the ratio HALF_UP at ``digits`` places, or None over zero: not applicable."""
    if not denominator:
        return None
    units = Fraction(numerator) / Fraction(denominator) * 10**digits
    size = floor(abs(units) + Fraction(1, 2))
    return Decimal(f"{'-' if units < 0 else ''}{size}E-{digits}")


def fields_of(measure: Measure) -> tuple[str, ...]:
    """Return the fields of a record that ``measure`` looks at."""
    named = (measure.field, measure.when, *(measure.span or ()))
    return (*(each.field for each in measure.where), *(name for name in named if name))


def unknown_fields(
    measures: Iterable[Measure], known: Mapping[str, Collection[str]]
) -> list[Fault]:
    """Return a fault for each field that no record of its kind can have.

    ``known`` holds, by kind, the fields that sources bring. A wrong name would otherwise
    give everyone zero.
    """
    return [
        Fault(
            "measure.unknown_field",
            N_("A {kind} has no field “{field}”."),
            N_("Correct the measure; nearest: {near}."),
            {
                "kind": measure.records,
                "field": name,
                "near": nearest(name, list(known.get(measure.records or "", ()))) or "-",
            },
            Place(path=f"measures.{measure.code}"),
        )
        for measure in measures
        if not measure.is_made_of_others
        for name in fields_of(measure)
        if name not in known.get(measure.records or "", ())
    ]


def _column(field: str) -> str:
    """Name a field's column apart from the credit line's own (a field may be called person)."""
    return f"field.{field}"


def _text(field: str | None) -> pl.Expr:
    return pl.col(_column(field or ""))


def _date(field: str | None) -> pl.Expr:
    return _text(field).str.to_date("%Y-%m-%d")


def _whose(measure: Measure, people: pl.LazyFrame) -> pl.LazyFrame:
    """Return pairs of an owner and a person whose credits count for the owner."""
    if measure.over == "person":
        return people.select(pl.col("person").alias("owner"), "person")
    return (
        people.select(pl.col("person").alias("owner"), pl.col("members").alias("person"))
        .explode("person")
        .drop_nulls("person")
        .unique(maintain_order=True)
    )


def counted(
    measure: Measure, records: pl.DataFrame, people: pl.DataFrame, period: Period
) -> pl.DataFrame:
    """Return the credit lines that ``measure`` counts, for each of ``people`` as ``owner``.

    The columns of ``records`` and ``owner``, ``person`` (whose credit it is), ``day`` (the
    ISO date by which it falls in the period; null where the measure has none) and ``worth``:
    what the line adds. ``actuals`` is the sum of ``worth`` by owner, so the two cannot
    differ. Sorted by owner, day and code; a customer who counts once has its worth on the
    first line and zero on the others.
    """
    return _lines(measure, records, people, period).collect()


def _lines(
    measure: Measure, records: pl.DataFrame, people: pl.DataFrame, period: Period
) -> pl.LazyFrame:
    """Plan what ``counted`` returns: planned as a whole it is done at once, not step by step."""
    period = window(measure, period)
    meant = records.lazy().filter(_such(measure))
    if "since" in records.columns:
        meant = meant.filter(_holds(measure))
    whose = _whose(measure, people.lazy())
    credited = meant.join(whose, on="person", how="inner", maintain_order="left")
    counts = _counts(measure, period, records)
    if measure.kind == "first":
        found = _firsts(measure, meant, credited, counts)
    else:
        found = credited.filter(counts) if measure.when else credited
    day = _text(measure.when) if measure.when else pl.lit(None, pl.String)
    ordered = found.with_columns(day=day).sort("owner", "day", "code", maintain_order=True)
    return ordered.with_columns(worth=_worth(measure))


def _values(
    measure: Measure, records: pl.DataFrame, people: pl.DataFrame, period: Period
) -> pl.LazyFrame:
    """Plan (person, value) for everyone who has any."""
    lines = _lines(measure, records, people, period)
    value = pl.col("worth").sum().alias(measure.code)
    return lines.group_by(pl.col("owner").alias("person")).agg(value)


def window(measure: Measure, period: Period) -> Period:
    """Return the days that a measure counts, for a cycle of ``period``."""
    year = containing(period.start, PeriodKind.YEAR)
    match measure.period:
        case "previous":
            return period.previous
        case "last_year":
            return period.a_year_before
        case "year_to_date":
            return replace(period, start=year.start)
        case "year_before":
            return replace(period, start=year.start, end=period.start)
        case _:
            return period


def _such(measure: Measure) -> pl.Expr:
    """Say which records are meant, whenever they are."""
    conditions = [_text(each.field).is_in(list(each.values)) for each in measure.where]
    return pl.all_horizontal(pl.col("kind") == measure.records, *conditions)


def _inside(measure: Measure, period: Period) -> pl.Expr:
    day = _date(measure.when)
    return (day >= period.start) & (day < period.end)


def _holds(measure: Measure) -> pl.Expr:
    """Say whose a record is on the measure's day; without a day, whose it is in the end."""
    day = _date(measure.when) if measure.when else pl.lit(None, pl.Date)
    begun = pl.col("since").is_null() | (day >= pl.col("since")).fill_null(True)
    return begun & (pl.col("until").is_null() | (day < pl.col("until")).fill_null(False))


def _counts(measure: Measure, period: Period, records: pl.DataFrame) -> pl.Expr:
    """Say which records count: those of the period, and those that come late to an earlier one."""
    inside = _inside(measure, period)
    if "late" not in records.columns:
        return inside
    inside &= ~pl.col("elsewhere").list.contains(measure.code)
    return inside | pl.col("late").list.contains(measure.code) if _takes_late(measure) else inside


def _takes_late(measure: Measure) -> bool:
    return measure.late == "next" and measure.period == "this"


def _worth(measure: Measure) -> pl.Expr:
    """Say what a line adds to its owner's actual."""
    share = pl.col("share")
    match measure.kind:
        case "sum":
            return _text(measure.field).cast(EXACT) * share
        case "days":
            opened, closed = measure.span or ("", "")
            return (_date(closed) - _date(opened)).dt.total_days().cast(EXACT) * share
        case "count":
            return share
        case "distinct":
            once = pl.struct("owner", _column(measure.field or "")).is_first_distinct()
            return (once & _text(measure.field).is_not_null()).cast(pl.Int64).cast(EXACT)
        case "first":
            key = dict.fromkeys(("owner", *_first_key(measure)))
            once = pl.struct(*key).is_first_distinct()
            return once.cast(pl.Int64).cast(EXACT)
        case _:
            raise ValueError(measure.kind)


def _first_key(measure: Measure) -> tuple[str, ...]:
    """Say with whom a first time is the first: a person, everyone they manage, or the company."""
    with_whom = {"team": ("owner",), "company": ()}.get(measure.by or "person", ("person",))
    return (*with_whom, _column(measure.field or ""))


def _firsts(
    measure: Measure, records: pl.LazyFrame, credited: pl.LazyFrame, counts: pl.Expr
) -> pl.LazyFrame:
    """Return the credited lines of first records that ``counts`` takes."""
    key = _first_key(measure)
    within = records if measure.by == "company" else credited
    first = (
        within.filter(_date(measure.when).is_not_null() & _text(measure.field).is_not_null())
        .sort(_column(measure.when or ""), "code")  # ISO dates sort as text
        .unique(subset=list(key), keep="first", maintain_order=True)
        .filter(counts)
    )
    return credited.join(first.select(*key, "code"), on=[*key, "code"], how="semi")
