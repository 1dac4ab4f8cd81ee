"""Rows with the same truths are decided once: flags → words, and the answers back to the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

import polars as pl

from engine.columns.worksheet import PREFIX
from engine.running.decisions import Ruleset, decide

BYTE, WORD = 8, 56  # flags to a byte and to a word, which keeps its sign free


def words(flags: Sequence[str]) -> dict[str, pl.Expr]:
    """Return columns of whole numbers that hold ``flags``, a bit for each (never null)."""
    return {
        f"{PREFIX}word {number}": _word(part) for number, part in enumerate(_parts(flags, WORD))
    }


def _word(flags: Sequence[str]) -> pl.Expr:
    """Put the bits into bytes first: eight times less to add up than in whole words."""
    found = [_byte(part) for part in _parts(flags, BYTE)]
    return reduce(
        add,
        (
            each.cast(pl.Int64) * pl.lit(1 << (BYTE * place), dtype=pl.Int64)
            for place, each in enumerate(found)
        ),
    )


def _byte(flags: Sequence[str]) -> pl.Expr:
    return reduce(
        add,
        (
            pl.col(flag).cast(pl.UInt8) * pl.lit(1 << place, dtype=pl.UInt8)
            for place, flag in enumerate(flags)
        ),
    )


def _parts(flags: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(flags), size):
        yield flags[start : start + size]


def decided(
    raw: pl.DataFrame, keys: Sequence[str], flags: int, ruleset: Ruleset, rules: Sequence[str]
) -> pl.DataFrame:
    """Decide each distinct combination of truths once, and add whether each rule holds."""
    place, classes = _classes([raw[key] for key in keys])
    truths = [
        [bool(row[flag // WORD] >> flag % WORD & 1) for flag in range(flags)]
        for row in classes.rows()
    ]
    held = decide(ruleset, truths)
    answers = {rule: [rule in each for each in held] for rule in rules}
    return raw.hstack(pl.DataFrame(answers, dict.fromkeys(rules, pl.Boolean))[place])


def _classes(keys: Sequence[pl.Series]) -> tuple[pl.Series, pl.DataFrame]:
    """Return which of the distinct rows of ``keys`` each row is, and these rows."""
    first = keys[0].unique().sort()
    place, classes = first.search_sorted(keys[0]), first.to_frame()
    for key in keys[1:]:
        more = key.unique().sort()
        pairs = place.cast(pl.Int64) * len(more) + more.search_sorted(key)
        found = pairs.unique().sort()
        place = found.search_sorted(pairs)
        classes = classes[found // len(more)].with_columns(more[found % len(more)])
    return place, classes
