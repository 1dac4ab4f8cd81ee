"""Those who move most, with every value of both sides: what their explanation is made of.

The values are kept and worded when somebody reads them, in that reader's language.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl
import polars.selectors as cs

from engine import canonical
from engine.evaluate import Result, evaluate
from engine.facts import DECIMAL
from engine.plain import dumps
from engine.telling.describe import PLAIN, Wording
from engine.telling.difference import Difference
from engine.telling.explain import Explanation, explain
from engine.telling.turning import Turn, turns
from engine.version import Version
from workflows.simulation.effect import Effect, Sided

MOST = 20
_ALONE = frozenset({("team",), ("person",)})
Kept = dict[str, Any]


def movers(effect: Effect) -> list[str]:
    """Return those who move most, by code: in money first, then in points, then in grade."""
    moved = effect.frame.filter(
        ~pl.col("undecided")
        & ((pl.col("money") != Decimal(0)) | pl.col("rises") | pl.col("falls") | _regraded())
    ).with_columns(pl.col("money").abs().alias("far"), pl.col("score").abs().alias("high"))
    by = moved.sort(
        ["far", "high", "person"], descending=[True, True, False], nulls_last=[True, True, False]
    )
    return by["person"].head(MOST).to_list()


def _regraded() -> pl.Expr:
    return pl.col("before.grade").ne_missing(pl.col("after.grade"))


def kept_values(effect: Effect, people: Sequence[str]) -> bytes:
    """Return every named value of ``people`` on both sides, as JSON; ``Moved`` reads it."""
    sides = (_values(side, people) for side in (effect.before, effect.after))
    return dumps({"people": list(people), "sides": list(sides)}).encode()


def _values(side: Sided, people: Sequence[str]) -> Kept:
    result = evaluate(side.judged.version, _beside(side, people))
    chosen = result.frame["person"].is_in(people)
    frame = result.frame.filter(chosen)
    leaves = result.leaves.filter(chosen).with_columns(frame["person"])
    rows = result.rows
    parts = None if result.segments is None else rows.filter(rows["person"].is_in(people))
    return {
        "frame": _kept(frame),
        "leaves": _kept(leaves),
        "segments": None if parts is None else _kept(parts),
    }


def _beside(side: Sided, people: Sequence[str]) -> pl.DataFrame:
    """Return the rows that these people's values are made of: theirs, their teams', or all."""
    version, facts = side.judged.version, side.judged.facts
    if not version.across <= _ALONE:
        return facts
    if ("team",) not in version.across:
        return facts.filter(facts["person"].is_in(people))
    teams = facts.filter(facts["person"].is_in(people))["team"].unique()
    return facts.filter(
        facts["person"].is_in(people) | facts["team"].is_in(teams.drop_nulls().to_list())
    )


def _kept(frame: pl.DataFrame) -> Kept:
    kinds = {
        "number": frame.select(cs.decimal()).columns,
        "truth": frame.select(cs.boolean()).columns,
    }
    return {"kinds": kinds, "lines": canonical.lines(frame).decode()}


def _read(kept: Kept) -> pl.DataFrame:
    rows = [json.loads(line) for line in kept["lines"].splitlines()]
    numbers, truths = set(kept["kinds"]["number"]), set(kept["kinds"]["truth"])
    names = rows[0] if rows else ["person"]
    return pl.DataFrame(
        [
            pl.Series(name, [_number(row[name]) for row in rows], dtype=DECIMAL)
            if name in numbers
            else pl.Series(
                name, [row[name] for row in rows], dtype=pl.Boolean if name in truths else pl.String
            )
            for name in names
        ]
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@dataclass(frozen=True)
class Moved:
    """Those who moved most, to be explained under both versions."""

    before: Version
    after: Version
    data: bytes

    @cached_property
    def _kept(self) -> Kept:
        found: Kept = json.loads(self.data)
        return found

    @property
    def people(self) -> list[str]:
        found: list[str] = self._kept["people"]
        return found

    @cached_property
    def results(self) -> tuple[Result, Result]:
        """The two sides' results, of these people alone."""
        pairs = zip((self.before, self.after), self._kept["sides"], strict=True)
        before, after = (_result(version, kept) for version, kept in pairs)
        return before, after

    def turns_of(self, person: str, changes: Sequence[Difference]) -> tuple[Turn, ...]:
        """Return where the person's results part; nothing where they are on one side only."""
        before, after = (_row(result, person) for result in self.results)
        if before is None or after is None:
            return ()
        return turns(self.before, self.after, (before, after), changes)

    def explanations(
        self, person: str, wording: tuple[Wording, Wording] = (PLAIN, PLAIN)
    ) -> tuple[Explanation | None, Explanation | None]:
        """Explain both sides of the person; None where they are not there."""
        before, after = (
            None if _row(result, person) is None else explain(result.version, result, person, words)
            for result, words in zip(self.results, wording, strict=True)
        )
        return before, after


def _result(version: Version, kept: Kept) -> Result:
    parts = kept["segments"]
    leaves = _read(kept["leaves"])
    return Result(
        version, _read(kept["frame"]), [], leaves.drop("person"), _read(parts) if parts else None
    )


def _row(result: Result, person: str) -> dict[str, Any] | None:
    return next(
        (row for row in result.frame.iter_rows(named=True) if row["person"] == person), None
    )
