"""What waits for somebody in tracking: check-ins to hold, measures to do."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import N_
from workflows.access.actors import Actor
from workflows.access.decide import may, people
from workflows.access.units import units
from workflows.base.clock import day_of
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import Review
from workflows.tasks.task import Task
from workflows.tracking.tables import CheckIn, Undertaking

# A check-in is something to do from so long before its day; there may be many planned ahead.
AHEAD = timedelta(days=2)


def tracking_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return the check-ins that the actor is to hold soon, and the measures that they took on."""
    return [*_to_hold(session, actor, now), *_to_do(session, actor)]


def _to_hold(session: Session, actor: Actor, now: datetime) -> list[Task]:
    if not may(actor, "record_check_in"):
        return []
    rows = session.execute(
        select(CheckIn, Person.name, Unit.name)
        .outerjoin(Review, Review.id == CheckIn.review_id)
        .outerjoin(Person, Person.id == Review.person_id)
        .outerjoin(Unit, Unit.id == CheckIn.unit_id)
        .where(
            CheckIn.state == "planned",
            CheckIn.planned_on <= day_of(session, now + AHEAD),
            or_(
                CheckIn.review_id.is_not(None) & people(actor, "record_check_in"),
                CheckIn.unit_id.is_not(None) & units(actor, "record_check_in"),
            ),
        )
        .order_by(CheckIn.planned_on, CheckIn.id)
    )
    return [
        Task(
            N_("Hold the check-in with {name}, planned on {day}"),
            f"/check-ins/{check_in.public_id}",
            check_in.planned_at,
            params={"name": person or unit, "day": check_in.planned_on.isoformat()},
        )
        for check_in, person, unit in rows
    ]


def _to_do(session: Session, actor: Actor) -> list[Task]:
    if actor.oneself is None:
        return []
    own = select(Undertaking).where(
        Undertaking.owner_id == actor.oneself, Undertaking.state == "open"
    )
    return [
        Task(
            N_("Do the measure “{what}”, due {day}"),
            f"/measures/{each.public_id}",
            each.agreed_at,
            params={"what": each.what[:120], "day": each.due_on.isoformat()},
        )
        for each in session.scalars(own.order_by(Undertaking.due_on, Undertaking.id))
    ]
