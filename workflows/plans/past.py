"""What past cycles gave people, as a career path asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from engine.measures import rounded_ratio
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion

# Results count once they are approved.
COUNTED = ("approved", "sealed")


@dataclass(frozen=True, slots=True)
class Result:
    """What one past cycle gave: ``place`` of the grade among the policy's, 0 the best; ``last``."""

    period: str
    total: Decimal
    grade: str | None
    place: int | None
    places: int


def results_of(
    session: Session, policy_id: int, people: Sequence[int]
) -> Mapping[int, tuple[Result, ...]]:
    """Return the approved results of a policy's cycles, by person's id, the latest first."""
    rows = session.scalars(
        select(Review)
        .join(Cycle, Cycle.id == Review.cycle_id)
        .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
        .where(
            Review.person_id.in_(people),
            PolicyVersion.policy_id == policy_id,
            Cycle.state.in_(COUNTED),
            Review.total.is_not(None),
        )
        .order_by(Cycle.ends_on.desc(), Cycle.id.desc())
        .options(joinedload(Review.cycle).joinedload(Cycle.policy_version))
    )
    found: dict[int, tuple[Result, ...]] = {}
    for review in rows:
        found[review.person_id] = (*found.get(review.person_id, ()), _result(review))
    return found


def past_row(person: str, results: Sequence[Result]) -> dict[str, str]:
    """Return the row of facts that a path's condition is about (``engine.following.PAST``).

    The mean is HALF_UP at four places; nothing is given that there is not.
    """
    row = {"person": person, "past.cycles": str(len(results))}
    if not results:
        return row
    totals = [result.total for result in results]
    mean = rounded_ratio(sum(totals, Decimal(0)), Decimal(len(totals)), 4)
    graded = [result for result in results if result.place is not None]
    counts = {
        "past.top_grades": sum(result.place == 0 for result in graded),
        "past.upper_grades": sum((result.place or 0) <= 1 for result in graded),
        "past.bottom_grades": sum(result.place == result.places - 1 for result in graded),
    }
    return {
        **row,
        "past.mean_total": f"{mean:f}",
        "past.lowest_total": f"{min(totals):f}",
        "past.last_total": f"{totals[0]:f}",
        **{name: str(count) for name, count in counts.items()},
    }


def _result(review: Review) -> Result:
    assert review.total is not None, "only results with a total are asked for"
    grades = [grade.code for grade in policy_of(review.cycle).grades]
    grade = review.calibrated_grade or review.grade
    place = grades.index(grade) if grade in grades else None
    return Result(review.cycle.period, review.total, grade, place, len(grades))
