"""Rows with the same truths are decided once: flags → words, and the answers back to the rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add

import polars as pl

from engine.decisions import Ruleset, decide
from engine.sheet import PREFIX

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
    classes = raw.select(keys).unique()
    truths = [
        [bool(row[flag // WORD] >> flag % WORD & 1) for flag in range(flags)]
        for row in classes.rows()
    ]
    held = decide(ruleset, truths)
    answers = classes.with_columns(
        pl.Series(rule, [rule in each for each in held], dtype=pl.Boolean) for rule in rules
    )
    found = raw.select(keys).join(answers, on=list(keys), how="left", maintain_order="left")
    return raw.with_columns(found.select(rules).get_columns())
