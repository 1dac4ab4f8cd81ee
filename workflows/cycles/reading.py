"""What people may read of cycles: lists as plain rows, only of those whom they reach."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.model import Policy
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.evaluation import Values, live_results, measured_of, read_results
from workflows.cycles.operations import policy_of
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review

Rows = list[dict[str, object]]


def cycle_rows(session: Session, actor: Actor) -> Rows:
    """Return every cycle: code, policy, period, state, number of reviews, version digest."""
    allow(actor, "list_cycles")
    counts = dict(
        session.execute(select(Review.cycle_id, func.count()).group_by(Review.cycle_id)).all()
    )
    return [
        {
            "cycle": cycle.code,
            "policy": cycle.policy_version.policy.code,
            "period": cycle.period,
            "state": cycle.state,
            "reviews": counts.get(cycle.id, 0),
            "version": cycle.policy_version.digest,
        }
        for cycle in session.scalars(select(Cycle).order_by(Cycle.starts_on.desc(), Cycle.code))
    ]


def result_rows(session: Session, actor: Actor, cycle: Cycle) -> Rows:
    """Return each review's total and grade, measured and calibrated, with its team and stage."""
    allow(actor, "list_reviews")
    return [
        {
            "person": review.person.code,
            "team": review.team.code if review.team else None,
            "total": shown_total(policy_of(cycle), review),
            "grade": review.grade,
            "calibrated_grade": review.calibrated_grade or review.grade,
            "stage": review.stage,
            "version": cycle.policy_version.digest,
        }
        for review in visible_reviews(session, actor, cycle)
    ]


def actual_rows(session: Session, actor: Actor, cycle: Cycle) -> Rows:
    """Return a row a person and KPI: actual, target, attainment and points, as they are shown."""
    allow(actor, "list_reviews")
    policy = policy_of(cycle)
    results = (
        live_results(session, cycle, policy)
        if cycle.state == "open"
        else read_results(measured_of(session, cycle).outputs)
    )
    return [
        {"person": review.person.code, **row}
        for review in visible_reviews(session, actor, cycle)
        for row in _figures(policy, results[review.person.code])
    ]


def _figures(policy: Policy, values: Values) -> Iterator[dict[str, object]]:
    """Give a row a KPI, and one for every measure that no KPI shows."""
    for kpi in policy.kpis:
        parts = ("actual", "target", "attainment", "points")
        yield {"kpi": kpi.code, **{part: values.get(f"{kpi.code}.{part}") for part in parts}}
    shown = {kpi.actual for kpi in policy.kpis}
    for measure in policy.measures:
        if measure.code not in shown:
            yield {"kpi": measure.code, "actual": values[measure.code]}


def visible_reviews(session: Session, actor: Actor, cycle: Cycle) -> list[Review]:
    """Return the cycle's reviews of those whom the actor reaches, by person's code."""
    return list(
        session.scalars(
            select(Review)
            .join(Review.person)
            .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
            .order_by(Person.code)
        )
    )


def shown_total(policy: Policy, review: Review) -> str | None:
    """Return the total with the places that the policy shows."""
    return None if review.total is None else f"{review.total:.{policy.rounding.total}f}"
