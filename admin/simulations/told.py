"""Those who move most, worded: where their two results part, and both explanations in full."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from admin.people.figures import wording_of
from admin.simulations.tables import names_of
from engine.evaluate import Result
from engine.model import Bilingual
from engine.telling.explain import Explanation, Step
from engine.telling.turning import Turn
from workflows.cycles.scored import FINAL, Scored
from workflows.reviews.trace import titles_of
from workflows.simulation.reading import Told


@dataclass(frozen=True, slots=True)
class Mover:
    """One of those who move most: their row, and where the two sides part."""

    row: dict[str, Any]
    name: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Paired:
    """A named value on both sides; None on the side that has no such value."""

    name: str
    title: Bilingual
    unit: str
    digits: int
    before: Step | None
    after: Step | None

    @property
    def differs(self) -> bool:
        before, after = self.before, self.after
        return before is None or after is None or before.value != after.value


def movers_of(session: Session, told: Told) -> list[Mover]:
    """Return those who move most in their order, each with where their results part."""
    codes = told.moved.people
    chosen = told.rows.filter(pl.col("person").is_in(codes))
    rows = {row["person"]: row for row in chosen.to_dicts()}
    names = names_of(session, codes)
    return [
        Mover(rows[code], names.get(code, code), told.moved.turns_of(code, told.changes))
        for code in codes
    ]


def pairs_of(told: Told, person: str) -> list[Paired]:
    """Return every named value of a person on both sides, in the words of this request."""
    before, after = told.moved.explanations(
        person,
        tuple(_wording(result) for result in told.moved.results),
    )
    old, new = _steps(before), _steps(after)
    order = dict.fromkeys([*new, *old])
    return [_paired(old.get(name), new.get(name)) for name in order]


def _wording(result: Result) -> Any:
    scope = Scored(FINAL, result.version, result)
    return wording_of(scope, titles_of(scope))


def _steps(explanation: Explanation | None) -> dict[str, Step]:
    return {} if explanation is None else {step.name: step for step in explanation.steps}


def _paired(before: Step | None, after: Step | None) -> Paired:
    known = after or before
    assert known is not None
    return Paired(known.name, known.title, known.unit, known.digits, before, after)


def left_of(budget: Decimal | None, cost: Decimal) -> Decimal | None:
    """Return what a budget leaves; below zero where it is exceeded."""
    return None if budget is None else budget - cost
