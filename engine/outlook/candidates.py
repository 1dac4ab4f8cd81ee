"""Candidates: the same people, one figure of one person moved, each evaluated as a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from engine.errors import N_, Kind, refuse
from engine.evaluate import evaluate
from engine.facts import DECIMAL, SCENARIO
from engine.grants import Offer, offers
from engine.outlook.levers import Lever
from engine.version import Version

Given = Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody has: the total, the grade that counts, and what is given of each offer.

    ``given`` is an amount, True where the grant is not money, or None; as ``engine.grants.offers``.
    """

    total: Decimal | None
    grade: str | None
    given: tuple[Given, ...]

    @property
    def money(self) -> Decimal:
        """The sum of all grants, in the policy's currency."""
        amounts = (each for each in self.given if isinstance(each, Decimal))
        return sum(amounts, Decimal(0))


@dataclass(frozen=True, slots=True)
class Candidate:
    """``lever`` moved by so many of its steps, down where ``steps`` is below zero."""

    lever: Lever
    steps: int

    @property
    def by(self) -> Decimal:
        return self.lever.step * self.steps


class Trial:
    """One person among those whose figures reach theirs; ``height`` is a scenario's rows."""

    def __init__(self, version: Version, facts: pl.DataFrame, person: str) -> None:
        """Take the facts of one scope; raise KaohengError when the person is not in it."""
        self.version = version
        self.offers = offers(version.policy)
        facts = _exact(version, facts)
        one = facts.filter(pl.col("person") == person)
        if not one.height:
            raise refuse(
                "facts.no_person",
                N_("There is no `{person}` among these people."),
                N_("Write the code as it stands in the facts."),
                kind=Kind.MISSING,
                person=person,
            )
        # What is past cannot be moved any more: of several segments, the last one is.
        self.past, self.one = one.head(-1), one.tail(1)
        self.row = self.one.row(0, named=True)
        self.most = facts.select(pl.selectors.numeric().max()).row(0, named=True)
        self.others = _others(version, facts, self.row)
        self.height = self.others.height + one.height

    def standings(self, candidates: Sequence[Candidate | None]) -> list[Standing]:
        """Return what the person would have, by candidate; None is how it stands."""
        labels = pl.DataFrame({SCENARIO.name: [str(place) for place in range(len(candidates))]})
        figures = {
            name: [self._figure(each, name) for each in candidates] for name in _moved(candidates)
        }
        own = labels.join(self.one.drop(figures), how="cross", maintain_order="left").with_columns(
            pl.Series(name, values, dtype=DECIMAL) for name, values in figures.items()
        )
        past, others = (
            labels.join(each, how="cross", maintain_order="left").select(own.columns)
            for each in (self.past, self.others)
        )
        facts = pl.concat([past, own, others])
        result = evaluate(self.version, facts, only=self._wanted())
        # The person comes first in every scenario, and the scenarios in the order of candidates.
        rows = result.frame.head(len(candidates)).rows(named=True)
        return [self._standing(row) for row in rows]

    def _figure(self, candidate: Candidate | None, name: str) -> Decimal:
        actual: Decimal = self.row[name]
        if candidate is None or name not in (candidate.lever.name, *candidate.lever.along):
            return actual
        return actual + candidate.by

    def _wanted(self) -> list[str]:
        known = {each.name for each in self.version.definitions}
        columns = [name for each in self.offers for name in (each.holds, each.amount) if name]
        outcome = [name for name in ("total", "final_grade") if name in known]
        return list(dict.fromkeys([*outcome, *columns]))

    def _standing(self, row: Mapping[str, Any]) -> Standing:
        given = tuple(_given(offer, row) for offer in self.offers)
        return Standing(row.get("total"), row.get("final_grade"), given)


def _exact(version: Version, facts: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that the version wants and that are there, numbers as decimals."""
    return facts.select(
        pl.col(want.name).cast(pl.String if want.type == "text" else DECIMAL)
        for want in version.facts
        if want.name in facts.columns and want.name != SCENARIO.name
    )


def _others(version: Version, facts: pl.DataFrame, row: Mapping[str, Any]) -> pl.DataFrame:
    """Return those without whom the person's result cannot be told: nobody, the team, everybody."""
    others = facts.filter(pl.col("person") != row["person"])
    if not version.across <= {("team",)}:
        return others
    alone = not version.across or row.get("team") is None
    return others.clear() if alone else others.filter(pl.col("team") == row["team"])


def _moved(candidates: Sequence[Candidate | None]) -> list[str]:
    names = [name for each in candidates if each for name in (each.lever.name, *each.lever.along)]
    return list(dict.fromkeys(names))


def _given(offer: Offer, row: Mapping[str, Any]) -> Given:
    if offer.holds is not None and not row[offer.holds]:
        return None
    if offer.amount is None:
        return True
    amount = row[offer.amount]
    return round(amount, offer.digits) if amount else None
