"""What the board's grades cost beside the measured ones, against the budget."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import canonical
from engine.evaluate import evaluate
from workflows.base.remembering import Memory
from workflows.calibration.tables import CalibrationCard, CalibrationSession
from workflows.cycles.evaluation import TRIAL, evaluation_of
from workflows.cycles.operations import policy_of
from workflows.cycles.pinned import pinned_version
from workflows.cycles.tables import Cycle, Evaluation
from workflows.org.tables import Person
from workflows.reviews.tables import Review

Paid = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Cost:
    """Money granted to those on the board, in the policy's currency: by the measured grades
    (``before``) and by the present ones (``after``); by grade as it is now.
    """

    before: Decimal
    after: Decimal
    by_grade: Mapping[str, Decimal]
    budget: Decimal | None
    currency: str

    @property
    def left(self) -> Decimal | None:
        """What the budget leaves; below zero where it is exceeded."""
        return None if self.budget is None else self.budget - self.after


def cost_of(session: Session, sitting: CalibrationSession) -> Cost:
    """Return what the session costs. Pools and ranks see the whole cycle, as at the approval."""
    cycle, policy = sitting.cycle, policy_of(sitting.cycle)
    given = _calibrated(session, cycle)
    grades = _on_board(session, sitting)
    before = _paid(session, cycle, given | dict.fromkeys(grades))
    after = _paid(session, cycle, given)
    by_grade: dict[str, Decimal] = {grade.code: Decimal(0) for grade in policy.grades}
    for person, grade in grades.items():
        if grade is not None:
            by_grade[grade] += after.get(person, Decimal(0))
    return Cost(
        _sum(before, grades), _sum(after, grades), by_grade, sitting.budget, policy.currency
    )


def _sum(paid: Paid, people: Mapping[str, object]) -> Decimal:
    return sum((paid.get(person, Decimal(0)) for person in people), Decimal(0))


def _calibrated(session: Session, cycle: Cycle) -> dict[str, str | None]:
    rows = session.execute(
        select(Person.code, Review.calibrated_grade)
        .join(Review, Review.person_id == Person.id)
        .where(Review.cycle_id == cycle.id)
        .order_by(Person.code)
    )
    return dict(rows.all())


def _on_board(session: Session, sitting: CalibrationSession) -> dict[str, str | None]:
    """Return the present grades of those on the board, by the person's code."""
    rows = session.execute(
        select(Person.code, Review.calibrated_grade, Review.grade)
        .join(Review, Review.person_id == Person.id)
        .join(CalibrationCard, CalibrationCard.review_id == Review.id)
        .where(CalibrationCard.session_id == sitting.id, CalibrationCard.left_out.is_(None))
    )
    return {code: calibrated or measured for code, calibrated, measured in rows}


_MEMORY: Memory[Paid] = Memory(most=64)


def _paid(session: Session, cycle: Cycle, grades: Mapping[str, str | None]) -> Paid:
    """Return everybody's money with these calibrated grades: computed once for a set of grades."""
    evaluation = session.scalars(
        select(Evaluation.id).where(Evaluation.cycle_id == cycle.id, Evaluation.stage == TRIAL)
    ).one()
    key = (evaluation, cycle.policy_version_id, tuple(sorted(grades.items())))
    return _MEMORY.of(session, key, lambda: _computed(session, cycle, grades))


def _computed(session: Session, cycle: Cycle, grades: Mapping[str, str | None]) -> Paid:
    version = pinned_version(cycle)
    facts = canonical.frame(evaluation_of(session, cycle, TRIAL).inputs, version)
    given = [grades.get(person) for person in facts["person"]]
    facts = facts.with_columns(pl.Series("calibrated_grade", given, dtype=pl.String))
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for grant in evaluate(version, facts, until="grants").grants:
        if grant.amount is not None and grant.currency is not None:
            paid[grant.person] += grant.amount
    return dict(paid)
