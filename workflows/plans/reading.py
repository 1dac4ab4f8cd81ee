"""Plans for the pages and the command line: only to who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.plans.tables import Plan, PlanNote
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.tracking.tables import Undertaking


def visible_plans(actor: Actor) -> Select[Any]:
    """Select the plans that the actor may see, with their people, reviews and notes."""
    return (
        select(Plan)
        .join(Person, Person.id == Plan.person_id)
        .where(people(actor, "read_plans"))
        .options(
            contains_eager(Plan.person),
            joinedload(Plan.mentor),
            joinedload(Plan.grant),
            joinedload(Plan.review).joinedload(Review.person),
            joinedload(Plan.review)
            .joinedload(Review.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy),
            selectinload(Plan.notes).joinedload(PlanNote.author),
        )
    )


def find_plan(session: Session, actor: Actor, public_id: str) -> Plan:
    """Return a plan; refuse with ``MISSING`` one that the actor may not see."""
    allow(actor, "read_plans")
    plan: Plan | None = session.scalar(visible_plans(actor).where(Plan.public_id == public_id))
    if plan is None:
        raise refuse(
            "plans.not_there",
            N_("There is no such plan."),
            N_("It may not be yours to see. Start again from the review."),
            kind=Kind.MISSING,
        )
    return plan


def plans_of_person(session: Session, actor: Actor, person_id: int) -> Sequence[Plan]:
    """Return everything planned for a person, the latest first."""
    allow(actor, "read_plans")
    mine = visible_plans(actor).where(Plan.person_id == person_id)
    return session.scalars(mine.order_by(Plan.starts_on.desc(), Plan.id.desc())).all()


def measures_of_plan(session: Session, plan: Plan) -> Sequence[Undertaking]:
    return session.scalars(
        select(Undertaking)
        .where(Undertaking.plan_id == plan.id)
        .order_by(Undertaking.due_on, Undertaking.id)
        .options(joinedload(Undertaking.owner))
    ).all()


def plan_rows(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Return the plans that the actor may see as plain rows, by their first day."""
    allow(actor, "read_plans")
    found = session.scalars(visible_plans(actor).order_by(Plan.starts_on, Plan.id))
    return [
        {
            "plan": plan.public_id,
            "kind": plan.kind,
            "person": plan.person.code,
            "cycle": plan.review.cycle.code,
            "state": plan.state,
            "kpi": plan.kpi,
            "mentor": plan.mentor.code if plan.mentor else None,
            "starts_on": plan.starts_on,
            "ends_on": plan.ends_on,
            "goal": plan.goal,
        }
        for plan in found
    ]
