"""What a cycle gives under one policy and under another, person by person; nothing is kept.

Both sides are judged by the one evaluator on the facts that ``judged`` finds. Everything is a
column: a company of a hundred thousand is looked at as quickly as it is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from engine.errors import N_, refuse
from engine.evaluate import evaluate
from engine.facts import DECIMAL
from engine.forms.guardrails import PROPOSALS
from engine.grants import Offer, offers
from engine.model import Bilingual, Policy
from workflows.cycles.tables import Cycle
from workflows.simulation.facts import Judged, judged, virtual_cycle

__all__ = ["Effect", "Given", "OneEffect", "Side", "effect_of", "sided", "virtual_cycle"]

NOTHING = pl.lit(Decimal(0), dtype=DECIMAL)
_WORDS = ("before", "after")
VALUES = ("total", "grade", "coefficient", "state", "money")


@dataclass(frozen=True, slots=True)
class Given:
    """What one rule, step or pool gives altogether; ``amount`` is None where it is no money."""

    kind: str
    rule: str
    text: Bilingual
    people: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Sided:
    """One side: a row a person with ``VALUES`` (``money`` is all that is granted), and the sum."""

    judged: Judged
    frame: pl.DataFrame
    given: tuple[Given, ...]

    @property
    def policy(self) -> Policy:
        return self.judged.version.policy


@dataclass(frozen=True, slots=True)
class Side:
    """What one person has on one side; all None for somebody who is not there at all."""

    total: Decimal | None
    grade: str | None
    coefficient: Decimal | None
    money: Decimal | None


@dataclass(frozen=True, slots=True)
class OneEffect:
    """One person before and after.

    ``worse_off``: less money, a lower grade or a lower coefficient, whatever else is more.
    ``better_off``: none of these, and more of one. Neither while a figure is still awaited:
    then they are ``undecided``.
    """

    person: str
    team: str | None
    before: Side
    after: Side
    better_off: bool
    worse_off: bool
    rises: bool
    falls: bool
    undecided: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """``frame`` has a row a person: ``before.*`` and ``after.*`` of ``VALUES``, and what it means.

    ``money`` (of the difference), ``score``; ``there`` (both, before, after: on which sides the
    person is), ``undecided`` (a figure is awaited on a side), ``rises``, ``falls`` (in total),
    ``grade_up``, ``grade_down``, ``gains``, ``loses`` (money), ``better_off``, ``worse_off``.
    """

    before: Sided
    after: Sided
    frame: pl.DataFrame

    @property
    def currency(self) -> str:
        return self.after.policy.currency

    @property
    def people(self) -> Iterator[OneEffect]:
        """Everybody, by code."""
        for row in self.frame.iter_rows(named=True):
            before, after = (_side(row, word) for word in _WORDS)
            yield OneEffect(
                row["person"],
                row["team"],
                before,
                after,
                better_off=row["better_off"],
                worse_off=row["worse_off"],
                rises=row["rises"],
                falls=row["falls"],
                undecided=row["undecided"],
            )


def effect_of(session: Session, cycle: Cycle, before: Policy, after: Policy) -> Effect:
    """Return what ``after`` would give in ``cycle`` where ``before`` gives what it gives.

    Calibrated grades count on both sides. Raises ``KaohengError`` where the two pay in different
    currencies, or where a policy asks for what the cycle cannot give.
    """
    if before.currency != after.currency:
        raise refuse(
            "simulation.currency",
            N_("{before} and {after} cannot be set against each other."),
            N_("Simulate policies that pay in the same currency."),
            before=before.currency,
            after=after.currency,
        )
    return compared(sided(judged(session, cycle, before)), sided(judged(session, cycle, after)))


def sided(found: Judged) -> Sided:
    """Evaluate one side: its results and the sum of what it grants, without a row of grants."""
    version = found.version
    each = [offer for offer in offers(version.policy) if offer.kind not in PROPOSALS]
    defined = {definition.name for definition in version.definitions}
    wanted = {"team", "total", "final_grade", "coefficient", "state"} & (defined | {"team"})
    wanted |= {name for offer in each for name in (offer.holds, offer.amount) if name}
    result = evaluate(version, found.facts, only=sorted(wanted)).frame
    frame = result.select(
        "person",
        "team",
        _column(result, "total", DECIMAL).alias("total"),
        _column(result, "final_grade", pl.String()).alias("grade"),
        _column(result, "coefficient", DECIMAL).alias("coefficient"),
        _column(result, "state", pl.String()).alias("state"),
        reduce(add, [_amount(offer) for offer in each if offer.amount], NOTHING).alias("money"),
    )
    return Sided(found, frame.sort("person"), tuple(_given(offer, result) for offer in each))


def compared(before: Sided, after: Sided) -> Effect:
    """Set two sides side by side; who is only on one of them has nothing on the other."""
    frames = [
        side.frame.rename({name: f"{word}.{name}" for name in VALUES} | {"team": f"{word}.team"})
        for side, word in zip((before, after), _WORDS, strict=True)
    ]
    both = frames[0].join(frames[1], on="person", how="full", coalesce=True).sort("person")
    order = grade_order(before.policy, after.policy)
    places = {code: place for place, code in enumerate(order)}
    frame = both.select(
        "person",
        pl.coalesce("after.team", "before.team").alias("team"),
        *(f"{word}.{name}" for word in _WORDS for name in VALUES),
        _there().alias("there"),
        _undecided().alias("undecided"),
        (_known("after", "money") - _known("before", "money")).alias("money"),
        (pl.col("after.total") - pl.col("before.total")).alias("score"),
        *(
            pl.col(f"{word}.grade")
            .replace_strict(places, return_dtype=pl.Int64)
            .alias(f"{word} at")
            for word in _WORDS
        ),
    )
    return Effect(before, after, _marked(frame).drop("before at", "after at"))


def grade_order(before: Policy, after: Policy) -> list[str]:
    """Return the grades of both, from the best, those that only one has where they stand in it."""
    order = [grade.code for grade in after.grades]
    for place, grade in enumerate(before.grades):
        if grade.code not in order:
            order.insert(place, grade.code)
    return order


def _side(row: dict[str, Any], word: str) -> Side:
    return Side(*(row[f"{word}.{name}"] for name in ("total", "grade", "coefficient", "money")))


def _column(result: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Expr:
    return pl.col(name) if name in result.columns else pl.lit(None, dtype=kind)


def _amount(offer: Offer) -> pl.Expr:
    assert offer.amount is not None
    amount = pl.col(offer.amount).fill_null(NOTHING)
    return amount if offer.holds is None else pl.when(offer.holds).then(amount).otherwise(NOTHING)


def _given(offer: Offer, result: pl.DataFrame) -> Given:
    if offer.amount is None:
        holders = result[offer.holds].sum() if offer.holds else result.height
        return Given(offer.kind, offer.rule, offer.text, int(holders), None)
    amounts = result.select(_amount(offer)).to_series()
    people = (amounts != Decimal(0)).sum()
    return Given(offer.kind, offer.rule, offer.text, int(people), exact_sum(amounts))


def exact_sum(amounts: pl.Series) -> Decimal:
    """Return the sum of a column of decimals; of nobody it is zero."""
    total = amounts.sum()
    assert isinstance(total, Decimal) or not total
    return total if isinstance(total, Decimal) else Decimal(0)


def _known(word: str, name: str) -> pl.Expr:
    return pl.col(f"{word}.{name}").fill_null(NOTHING)


def _there() -> pl.Expr:
    return (
        pl.when(pl.col("before.money").is_null())
        .then(pl.lit("after"))
        .when(pl.col("after.money").is_null())
        .then(pl.lit("before"))
        .otherwise(pl.lit("both"))
    )


def _undecided() -> pl.Expr:
    """Say whether a side awaits a figure: nothing can be said of the person yet."""
    awaited = (pl.col(f"{word}.state").eq_missing(pl.lit("pending")) for word in _WORDS)
    return pl.any_horizontal(*awaited)


def _marked(frame: pl.DataFrame) -> pl.DataFrame:
    decided, zero = ~pl.col("undecided"), NOTHING
    marks = {
        "rises": pl.col("score") > zero,
        "falls": pl.col("score") < zero,
        "grade_up": pl.col("after at") < pl.col("before at"),
        "grade_down": pl.col("after at") > pl.col("before at"),
        "gains": pl.col("money") > zero,
        "loses": pl.col("money") < zero,
    }
    coefficient = pl.col("after.coefficient") - pl.col("before.coefficient")
    frame = frame.with_columns(
        *((mark.fill_null(False) & decided).alias(name) for name, mark in marks.items()),
        ((coefficient > zero).fill_null(False) & decided).alias("more"),
        ((coefficient < zero).fill_null(False) & decided).alias("less"),
    )
    worse = pl.any_horizontal("loses", "grade_down", "less")
    better = pl.any_horizontal("gains", "grade_up", "more") & ~worse
    return frame.with_columns(better.alias("better_off"), worse.alias("worse_off")).drop(
        "more", "less"
    )
