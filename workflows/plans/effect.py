"""What a plan moved: its KPI and the total, before it and in the cycles after."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from workflows.cycles.scored import LIVE, scored
from workflows.cycles.tables import Cycle
from workflows.plans.tables import Plan
from workflows.reviews.figures import figures_of
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


def effect_of(session: Session, plan: Plan) -> list[dict[str, Any]]:
    """Return a row a cycle, the plan's own first: ``attainment`` of its KPI and ``total``.

    The cycles after it are those of the same policy that end after the plan began. Differences
    are to the first row. Decimals are text; what there is not yet is None. ``stage`` says
    whether a figure is live.
    """
    rows = [_row(session, plan, plan.review)]
    rows += [_row(session, plan, review) for review in _later(session, plan)]
    before = rows[0]
    for row in rows[1:]:
        for name in ("attainment", "total"):
            row[f"{name}_change"] = _change(before[name], row[name])
    return [{key: _plain(value) for key, value in row.items()} for row in rows]


def _later(session: Session, plan: Plan) -> list[Review]:
    policy_id = plan.review.cycle.policy_version.policy_id
    return list(
        session.scalars(
            select(Review)
            .join(Cycle, Cycle.id == Review.cycle_id)
            .join(PolicyVersion, PolicyVersion.id == Cycle.policy_version_id)
            .where(
                Review.person_id == plan.person_id,
                PolicyVersion.policy_id == policy_id,
                Cycle.starts_on > plan.review.cycle.starts_on,
                Cycle.ends_on > plan.starts_on,
            )
            .order_by(Cycle.starts_on)
            .options(joinedload(Review.person), joinedload(Review.cycle))
        )
    )


def _row(session: Session, plan: Plan, review: Review) -> dict[str, Any]:
    scope = scored(session, review.cycle)
    row: dict[str, Any] = {
        "period": review.cycle.period,
        "review": review.public_id,
        "stage": scope.stage,
        "is_live": scope.stage == LIVE,
        "actual": None,
        "attainment": None,
        "total": None,
    }
    if review.person.code not in scope.rows:
        return row
    figures = figures_of(scope, review.person.code)
    row["total"] = figures.total
    for kpi in figures.kpis:
        if kpi.code == plan.kpi:
            row["actual"] = kpi.actual.value
            row["attainment"] = kpi.attainment.value if kpi.attainment else None
    return row


def _change(before: Any, after: Any) -> Any:
    return None if before is None or after is None else after - before


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | bool) else f"{value.normalize():f}"
