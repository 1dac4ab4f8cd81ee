"""The year as it begins."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from tests.workflows.machine.model import times
from tests.workflows.machine.model.people import PEOPLE
from tests.workflows.machine.model.state import DEALS, FIRST_AMOUNT, Deal, Plan, Year


def begun(now: datetime) -> Year:
    """Return the year as it begins: an approved plan, the cycle just opened."""
    year = Year(now)
    year.plans = [Plan("approved", dict.fromkeys(PEOPLE, FIRST_AMOUNT), submitter="hr")]
    year.deals = {
        code: Deal(amount, {person: Fraction(1)}) for code, (person, amount) in DEALS.items()
    }
    year.targets = dict.fromkeys(PEOPLE, Fraction(FIRST_AMOUNT, 4))
    for person in PEOPLE:
        times.entered(year, person, now)
    return year
