"""What people come to by the policy beside the machine, and what they are paid for it."""

from __future__ import annotations

from fractions import Fraction

from tests.workflows.machine.model.people import PEOPLE
from tests.workflows.machine.model.state import Year

WEIGHTS = {"self": 20, "boss": 60, "peers": 20}
BONUS = {"A": 1000, "B": 400, "C": 0}
FIRST_PLACE = 500
GRADES = tuple(BONUS)


def revenue_now(year: Year, person: str) -> Fraction:
    """Return the sum of somebody's shares in deals."""
    owned = (deal.amount * deal.shares.get(person, Fraction(0)) for deal in year.deals.values())
    return sum(owned, Fraction(0))


def total(year: Year, person: str) -> Fraction | None:
    """Return the points of a review by the ratings that are finished; None before the lock."""
    return points_of(year, person, year.reviews[person].counted)


def points_of(year: Year, person: str, counted: dict[str, Fraction]) -> Fraction | None:
    """Return the points of somebody who is rated like this: 60% attainment, 40% the ratings.

    A KPI that nobody has rated is left out, and the other has its weight.
    """
    if person not in year.measured:
        return None
    attained = rounded(year.measured[person] / year.targets[person], 4)
    sales = min(rounded(attained * 100, 2), Fraction(150))
    if not counted:
        return sales
    weights = sum(WEIGHTS[kind] for kind in counted)
    rated = sum((WEIGHTS[kind] * points for kind, points in counted.items()), Fraction(0))
    service = rounded(rated / weights, 2)
    return rounded(sales * Fraction(60, 100) + service * Fraction(40, 100), 2)


def measured_grade(year: Year, person: str) -> str | None:
    points = total(year, person)
    if points is None:
        return None
    return "A" if points >= 90 else "B" if points >= 60 else "C"


def final_grade(year: Year, person: str) -> str:
    """Return the grade that is paid: as calibrated, or else as measured."""
    return year.reviews[person].calibrated or measured_grade(year, person) or ""


def pay(year: Year) -> None:
    """Bring the ledger of everybody approved to what they are granted now.

    Whoever was held back counts in the ranks, as they were rated when the others were approved.
    """
    points = {each: points_of(year, each, year.reviews[each].settled) for each in PEOPLE}
    best = max(each or Fraction(0) for each in points.values())
    for person in PEOPLE:
        if year.reviews[person].approved_at is not None:
            first = points[person] == best
            year.ledger[person] = BONUS[final_grade(year, person)] + first * FIRST_PLACE


def rounded(value: Fraction, places: int) -> Fraction:
    """Round half up, as the policy declares."""
    scale = 10**places
    return Fraction(int(value * scale + Fraction(1, 2)), scale)
