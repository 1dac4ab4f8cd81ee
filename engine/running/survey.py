"""What the columns of some facts have in them: how many gaps, from where to where, how fine.

One look over whole columns says whether every cell is as it should be, and how narrow the numbers
of a large population really are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from engine.columns.whole import INT, NARROW, is_wide
from engine.facts import FactColumn

SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """``low`` to ``high`` in units of 10**-places, None where every cell is empty.

    ``digits`` are the decimals that are there, no more than ``places``.
    """

    gaps: int
    low: int | None = None
    high: int | None = None
    places: int = 0
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    """``units`` are the numbers as whole numbers of 10**-places, in the facts' rows."""

    spans: dict[str, Span]
    units: pl.DataFrame


def surveyed(wants: Sequence[FactColumn], facts: pl.DataFrame) -> Survey:
    """Look at the wanted columns that are there."""
    schema = facts.schema
    there = [want for want in wants if want.name in schema]
    numbers = [want.name for want in there if want.type == "number"]
    units = facts.select(_units(name, schema[name]) for name in numbers)
    gaps = {want.name: facts[want.name].null_count() for want in there}
    seen = _ends(units)
    short = [
        name for name in numbers if not is_wide(_end(seen, name, "low"), _end(seen, name, "high"))
    ]
    units = units.with_columns(pl.col(short).cast(NARROW))
    digits = _digits(units, {name: _places(schema[name]) for name in numbers})
    spans = {
        want.name: Span(
            gaps[want.name],
            seen.get(f"{want.name} low"),
            seen.get(f"{want.name} high"),
            _places(schema[want.name]),
            digits.get(want.name, 0),
        )
        for want in there
    }
    return Survey(spans, units)


def _units(name: str, kind: pl.DataType) -> pl.Expr:
    return pl.col(name).to_physical() if isinstance(kind, pl.Decimal) else pl.col(name).cast(INT)


def _places(kind: pl.DataType) -> int:
    return kind.scale if isinstance(kind, pl.Decimal) else 0


def _ends(units: pl.DataFrame) -> dict[str, int | None]:
    if not units.width:
        return {}
    everything = pl.all()
    looks = (everything.min().name.suffix(" low"), everything.max().name.suffix(" high"))
    return units.select(looks).row(0, named=True)


def _end(seen: dict[str, int | None], name: str, end: str) -> int:
    return seen[f"{name} {end}"] or 0


def _digits(units: pl.DataFrame, places: dict[str, int]) -> dict[str, int]:
    """Guess the decimals from some rows, and take more for as long as a row has more."""
    sample = units.head(SAMPLE)
    guess = {name: _finest(sample[name].to_list(), have) for name, have in places.items()}
    while units.height > SAMPLE:
        looks = [
            (pl.col(name) % pl.lit(10 ** (places[name] - digits), dtype=units.schema[name]) != 0)
            .any()
            .alias(name)
            for name, digits in guess.items()
            if digits < places[name]
        ]
        finer = units.select(looks).row(0, named=True) if looks else {}
        if not any(finer.values()):
            break
        guess |= {name: guess[name] + 1 for name, more in finer.items() if more}
    return guess


def _finest(values: Sequence[int | None], places: int) -> int:
    for digits in range(places):
        unit = 10 ** (places - digits)
        if all(value is None or value % unit == 0 for value in values):
            return digits
    return places


def fitted(wants: Sequence[FactColumn], survey: Survey) -> tuple[FactColumn, ...]:
    """Return the wanted columns with the bounds and decimals that checked facts have.

    Bounds are rounded outwards to powers of ten and decimals to pairs, so that similar facts
    give the same ones.
    """
    return tuple(
        _fitted(want, survey.spans[want.name])
        if want.type == "number" and want.name in survey.spans
        else want
        for want in wants
    )


def _fitted(want: FactColumn, span: Span) -> FactColumn:
    if span.low is None or span.high is None or want.default is not None:
        return want
    places = min(span.digits + span.digits % 2, want.places)
    unit = Decimal(1).scaleb(-places)
    low = Decimal(_outwards(span.low, down=True)).scaleb(-span.places)
    high = Decimal(_outwards(span.high, down=False)).scaleb(-span.places)
    return replace(
        want,
        places=places,
        least=max(want.least, low // unit * unit),
        most=min(want.most, -(-high // unit) * unit),
    )


def _outwards(value: int, *, down: bool) -> int:
    """Return the next power of ten below or above, or zero."""
    if value == 0:
        return 0
    power: int = 10 ** (len(str(abs(value))) - 1)
    grows = (value < 0) == down
    return (power * 10 if grows else power) * (1 if value > 0 else -1)
