"""The shape of last year, from records: what each month brought of the goal's measure."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import periods
from engine.canonical import from_canonical
from engine.errors import N_, Kind, refuse
from engine.measures import actuals, people_frame, records_frame
from engine.model import Measure, Policy
from workflows.cycles.facts import credit_rows
from workflows.goals.shape import MONTHS, PLACES, Months
from workflows.goals.tables import Goal
from workflows.rulebook.tables import PolicyVersion

_ADDITIVE = ("sum", "count", "first")


def last_year(session: Session, goal: Goal) -> Months:
    """Return what each month of the year before the plan's brought, of everybody together.

    It is measured as the policy measures the target with the goal's code. Raises ``KaohengError``
    where no policy in force has one measured from records, and where there are no such records.
    """
    policy, measure = _measured_by(session, goal)
    credits = [row.credit for row in credit_rows(session, policy)]
    records = records_frame(policy.measures, credits)
    people = people_frame({person: () for _, _, person, _, _ in credits})
    months = [
        _of_month(measure, records, people, f"{goal.plan.year - 1}-{month:02}")
        for month in range(1, MONTHS + 1)
    ]
    if not any(months):
        raise refuse(
            "goals.no_last_year",
            N_("There is nothing on record for {goal} in {year}."),
            N_("Import that year's records, or give a seasonal curve."),
            kind=Kind.CONFLICT,
            goal=goal.title,
            year=goal.plan.year - 1,
        )
    return tuple(months)


def _of_month(measure: Measure, records: object, people: object, label: str) -> Decimal:
    found = actuals([measure], records, people, periods.parse(label))  # type: ignore[arg-type]
    values = (value for value in found[measure.code].to_list() if value is not None)
    total: Decimal = sum(values, Decimal(0))
    return max(round(total, PLACES), Decimal(0))


def _measured_by(session: Session, goal: Goal) -> tuple[Policy, Measure]:
    versions = session.scalars(
        select(PolicyVersion)
        .where(PolicyVersion.published_at.is_not(None))
        .order_by(PolicyVersion.id.desc())
    )
    for version in versions:
        policy = from_canonical(version.canonical)
        target = next((each for each in policy.targets if each.code == goal.code), None)
        measure = next((m for m in policy.measures if target and m.code == target.measure), None)
        if measure is not None and measure.kind in _ADDITIVE:
            return policy, measure
    raise refuse(
        "goals.no_measure",
        N_("No policy measures {goal} from records, so last year's shape is not known."),
        N_("Give a seasonal curve, or name the target's measure in the policy."),
        kind=Kind.CONFLICT,
        goal=goal.code,
    )
