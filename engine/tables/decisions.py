"""Decision tables → exact columns: which rows hold, and what is made of them by the hit policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import reduce
from itertools import combinations

import polars as pl

from engine.columns import exact
from engine.columns.exact import INT, Exact
from engine.columns.formulas import Lookup, number, truth
from engine.columns.values import PLAIN, Dimension, Numeric, Refused, same
from engine.errors import N_
from engine.language.wording import spell
from engine.model import DecisionTable
from engine.schema.said import Said

ZERO = exact.literal(Decimal(0))
NOTHING = Exact(pl.lit(None, dtype=INT), 0, 0)
Choices = list[tuple[pl.Expr, Exact]]


def decided(table: DecisionTable, lookup: Lookup) -> Numeric:
    """Return what the rows that hold give; null where none does and no open row is left."""
    holds = conditions(table, lookup)
    if table.collect == "count":
        return Numeric(Exact(_count(holds), 0, len(holds)), PLAIN)
    values = [number(row.value, lookup) for row in table.rows if row.value is not None]
    unit: Dimension = reduce(same, (each.dimension for each in values))
    worths = [each.exact for each in values]
    otherwise = worths[len(holds)] if len(worths) > len(holds) else None
    made = _HITS[table.collect or table.hit]
    try:
        return Numeric(made(list(zip(holds, worths, strict=False)), otherwise), unit)
    except _Fraction as fraction:
        raise _needs_rounding(table, fraction.place) from None


def conditions(table: DecisionTable, lookup: Lookup) -> list[pl.Expr]:
    """Give the truth of each row's condition; what is unknown does not hold."""
    return [truth(row.when, lookup).fill_null(False) for row in table.rows if row.when is not None]


def clashes(table: DecisionTable, lookup: Lookup) -> Iterator[tuple[pl.Expr, Said]]:
    """Give, for each two rows of which only one may hold, where both do and what to say."""
    if table.hit != "unique":
        return
    numbered = enumerate(conditions(table, lookup), 1)
    for (first, holds), (second, also) in combinations(numbered, 2):
        yield (
            holds & also,
            Said(
                "facts.two_rows",
                N_("Rows {first} and {second} of a table both hold, and only one may."),
                N_("Correct the facts, or tell the rows apart, or let the `first` decide."),
                first=first,
                second=second,
            ),
        )


def _count(holds: list[pl.Expr]) -> pl.Expr:
    return reduce(lambda left, right: left + right, (each.cast(INT) for each in holds))


def _first(rows: Choices, otherwise: Exact | None) -> Exact:
    result = NOTHING if otherwise is None else otherwise
    for holds, worth in reversed(rows):
        result = exact.choose(holds, worth, result)
    return result


def _sum(rows: Choices, otherwise: Exact | None) -> Exact:
    total = reduce(exact.add, (exact.choose(holds, worth, ZERO) for holds, worth in rows))
    return total if otherwise is None else exact.choose(_any(rows), total, otherwise)


def _extreme(pick: Callable[[Exact, Exact], Exact], largest: bool) -> Callable[..., Exact]:
    """Take the largest or the smallest: a row that does not hold stands in with what never wins."""

    def collected(rows: Choices, otherwise: Exact | None) -> Exact:
        for place, (_, worth) in enumerate(rows):
            if worth.bottom is not None:
                raise _Fraction(place)
        scale = max(worth.scale for _, worth in rows)
        worths = [exact.finer(worth, scale) for _, worth in rows]
        end = min(each.low for each in worths) if largest else max(each.high for each in worths)
        last = Exact(exact.whole(end), end, end, scale, constant=True)
        given = (
            exact.choose(holds, worth, last) for (holds, _), worth in zip(rows, worths, strict=True)
        )
        return exact.choose(
            _any(rows), reduce(pick, given), NOTHING if otherwise is None else otherwise
        )

    return collected


def _any(rows: Choices) -> pl.Expr:
    return reduce(lambda left, right: left | right, (holds for holds, _ in rows))


class _Fraction(Exception):  # noqa: N818 (it says what the value is)
    """A value that is a quotient, which cannot be compared over many rows in short columns."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def _needs_rounding(table: DecisionTable, place: int) -> Refused:
    worth = table.rows[place].value
    assert worth is not None
    return Refused(
        Said(
            "rules.collected_fraction",
            N_("`{formula}` is a quotient, and the largest or smallest of several is wanted."),
            N_("Round it: round({formula}, 2)."),
            formula=spell(worth)[:120],
        )
    )


_HITS: dict[str, Callable[[Choices, Exact | None], Exact]] = {
    "first": _first,
    "unique": _first,  # where two hold, the facts are refused (clashes)
    "sum": _sum,
    "max": _extreme(exact.greatest, largest=True),
    "min": _extreme(exact.least, largest=False),
}
