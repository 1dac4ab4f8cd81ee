"""What the columns of some facts have in them: how many gaps, from where to where, how fine.

One look over whole columns says whether every cell is as it should be, and how narrow the numbers
are that a large population really has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from engine.facts import FactColumn
from engine.whole import INT

SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class Span:
    """``low`` to ``high`` in units of 10**-places, None where every cell is empty."""

    gaps: int
    low: int | None = None
    high: int | None = None
    places: int = 0


def units(name: str, facts: pl.DataFrame) -> tuple[pl.Expr, int]:
    """Return a column of numbers as whole units of its own last place, and how many places."""
    kind = facts.schema[name]
    if isinstance(kind, pl.Decimal):
        return pl.col(name).to_physical(), kind.scale
    return pl.col(name).cast(INT), 0


def surveyed(wants: Sequence[FactColumn], facts: pl.DataFrame) -> dict[str, Span]:
    """Look at the wanted columns that are there."""
    there = [want for want in wants if want.name in facts.columns]
    looks = [pl.col(want.name).null_count().alias(f"{want.name} gaps") for want in there]
    numbers = {want.name: units(want.name, facts) for want in there if want.type == "number"}
    for name, (column, _) in numbers.items():
        looks += [column.min().alias(f"{name} low"), column.max().alias(f"{name} high")]
    seen = facts.select(looks).row(0, named=True)
    return {
        want.name: Span(
            seen[f"{want.name} gaps"],
            seen.get(f"{want.name} low"),
            seen.get(f"{want.name} high"),
            numbers[want.name][1] if want.name in numbers else 0,
        )
        for want in there
    }


def is_finer(name: str, facts: pl.DataFrame, places: int) -> bool:
    """Say whether a number has more than ``places`` decimals."""
    column, have = units(name, facts)
    if have <= places:
        return False
    rest = column % pl.lit(10 ** (have - places), dtype=INT)
    return bool(facts.select((rest != 0).any()).item())


def fitted(
    wants: Sequence[FactColumn], facts: pl.DataFrame, seen: Mapping[str, Span]
) -> tuple[FactColumn, ...]:
    """Return the wanted columns with the bounds and decimals that these checked facts have.

    Bounds are rounded outwards to powers of ten, so that similar facts give the same ones.
    """
    return tuple(
        _fitted(want, facts, seen[want.name]) if want.name in seen else want for want in wants
    )


def _fitted(want: FactColumn, facts: pl.DataFrame, span: Span) -> FactColumn:
    if want.type == "text" or span.low is None or span.high is None or want.default is not None:
        return want
    places = next(
        (
            places
            for places in range(0, want.places, 2)
            if not is_finer(want.name, facts.head(SAMPLE), places)
            and not is_finer(want.name, facts, places)
        ),
        want.places,
    )
    least = Decimal(_outwards(span.low, down=True)).scaleb(-span.places)
    most = Decimal(_outwards(span.high, down=False)).scaleb(-span.places)
    unit = Decimal(1).scaleb(-places)
    return replace(
        want,
        places=places,
        least=max(want.least, (least // unit) * unit),
        most=min(want.most, -(-most // unit) * unit),
    )


def _outwards(value: int, *, down: bool) -> int:
    """Return the next power of ten below or above, or zero."""
    if value == 0:
        return 0
    power: int = 10 ** (len(str(abs(value))) - 1)
    grows = (value < 0) == down
    return (power * 10 if grows else power) * (1 if value > 0 else -1)
