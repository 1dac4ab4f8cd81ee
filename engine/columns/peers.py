"""Looks across people: sums, means, ranks and shares among peers, and values by date."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import reduce

import polars as pl

from engine.columns import exact
from engine.columns.exact import INT, Exact
from engine.columns.formulas import number, truth
from engine.columns.scope import Scope
from engine.columns.values import PLAIN, Label, Numeric, Refused
from engine.definitions import Across, ByDate
from engine.errors import N_
from engine.facts import DATE
from engine.language.wording import spell
from engine.model import Dated
from engine.schema.said import Said

MAX_PEOPLE = 2_000_000


def across(what: Across, scope: Scope) -> Numeric:
    """Compile a look across people; exact, so ranks of equal numbers are equal."""
    peers = what.of
    counts = pl.lit(True) if peers.where is None else truth(peers.where, scope.lookup)
    counts = counts.fill_null(False)
    together = pl.all_horizontal(pl.col(key).is_not_null() for key in what.keys or ("person",))
    if peers.of is None:
        size = scope.over(counts.cast(INT).sum(), *what.keys)
        return Numeric(Exact(pl.when(together).then(size), 0, MAX_PEOPLE), PLAIN)
    of = number(peers.of, scope.lookup)
    if of.exact.bottom is not None:
        raise Refused(
            Said(
                "rules.peers_fraction",
                N_("`{formula}` is a fraction; people are compared by rounded figures."),
                N_("Write round({formula}, 4)."),
                formula=spell(peers.of)[:120],
            )
        )
    counts = counts & exact.known(of.exact)
    own = pl.when(counts & together).then(of.exact.top)
    found = _taken(what, scope, replace(of.exact, top=own, constant=False), counts)
    shown = replace(found, top=pl.when(together).then(found.top))
    return Numeric(shown, PLAIN if peers.take in {"count", "rank", "share"} else of.dimension)


def _taken(  # noqa: PLR0911 (one return per kind)
    what: Across, scope: Scope, own: Exact, counts: pl.Expr
) -> Exact:
    def over(aggregate: pl.Expr) -> pl.Expr:
        return scope.over(aggregate, *what.keys)

    people = Exact(over(counts.cast(INT).sum()), 0, MAX_PEOPLE)
    total = exact.summed(own, MAX_PEOPLE, over)
    match what.of.take:
        case "count":
            return people
        case "sum":
            return total
        case "mean":
            return exact.divide(total, people, zero_is_null=True)
        case "min":
            return replace(own, top=over(own.top.min()))
        case "max":
            return replace(own, top=over(own.top.max()))
        case "share":
            return exact.divide(own, total, zero_is_null=True)
        case "rank":
            return Exact(over(_rank(what, own)).cast(INT), 1, MAX_PEOPLE)


def _rank(what: Across, own: Exact) -> pl.Expr:
    best_first = what.of.best == "highest"
    if what.of.ties == "dense":
        return own.top.rank("dense", descending=best_first)
    return own.top.rank("min", descending=best_first)


def by_date(what: ByDate, scope: Scope) -> Numeric:
    """Compile a dated constant; facts of a day, or with a label, that has no value are refused.

    Whoever has no label has no value: the input says what its absence means.
    """
    labels = scope.label(what.by) if what.by else None
    scale = max(exact.literal(each).scale for row in what.rows for each in _figures(row))
    raw = [exact.finer(exact.literal(f), scale).low for row in what.rows for f in _figures(row)]
    column = reduce(
        lambda before, row: (
            pl.when(pl.col(DATE.name) >= row.start)
            .then(_of_day(row, labels, scale))
            .otherwise(before)
        ),
        what.rows,
        pl.lit(None, dtype=INT),
    )
    known = pl.lit(True) if labels is None else labels.column.is_not_null()
    scope.refused.append(
        (
            column.is_null() & known,
            Said(
                "facts.no_value_then",
                N_("The policy gives no value for this date or label."),
                N_("Add a dated entry to the constant, or correct the facts."),
            ),
        )
    )
    return Numeric(Exact(column, min(raw), max(raw), scale), None)


def _figures(row: Dated) -> list[Decimal]:
    return [row.value] if row.value is not None else [figure for _, figure in row.by]


def _of_day(row: Dated, labels: Label | None, scale: int) -> pl.Expr:
    if row.value is not None or labels is None:
        assert row.value is not None
        return exact.finer(exact.literal(row.value), scale).top
    return reduce(
        lambda others, each: (
            pl.when(labels.column == each[0])
            .then(exact.finer(exact.literal(each[1]), scale).top)
            .otherwise(others)
        ),
        row.by,
        pl.lit(None, dtype=INT),
    )
