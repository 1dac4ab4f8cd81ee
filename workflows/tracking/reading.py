"""What was said and agreed on the way, for whoever evaluates, and for the pages of tracking."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.tracking.finding import visible_check_ins
from workflows.tracking.tables import AlertFired, Carried, CheckIn, Undertaking
from workflows.tracking.undertakings import open_measures


def measures_of(session: Session, review: Review) -> Sequence[Undertaking]:
    """Return the measures agreed in a review's check-ins and plans, and those carried into them."""
    carried = (
        select(Carried.undertaking_id)
        .join(CheckIn, CheckIn.id == Carried.check_in_id)
        .where(CheckIn.review_id == review.id)
    )
    return session.scalars(
        select(Undertaking)
        .where(or_(Undertaking.review_id == review.id, Undertaking.id.in_(carried)))
        .order_by(Undertaking.due_on, Undertaking.id)
        .options(joinedload(Undertaking.owner))
    ).all()


def alerts_of_review(session: Session, review: Review) -> Sequence[AlertFired]:
    """Return the alerts that came for a review, the oldest first."""
    return session.scalars(
        select(AlertFired).where(AlertFired.review_id == review.id).order_by(AlertFired.id)
    ).all()


def check_ins_of_review(session: Session, actor: Actor, review: Review) -> Sequence[CheckIn]:
    """Return a review's one-to-ones, planned and held, the latest first; only to who may see."""
    allow(actor, "read_check_ins")
    mine = visible_check_ins(actor).where(CheckIn.review_id == review.id)
    return session.scalars(mine.order_by(CheckIn.planned_on.desc(), CheckIn.id.desc())).all()


def check_ins_of_unit(
    session: Session, actor: Actor, unit_id: int, cycle: Cycle | None = None
) -> Sequence[CheckIn]:
    """Return a team's meetings, planned and held, the latest first; only to who may see."""
    allow(actor, "read_check_ins")
    of_unit = visible_check_ins(actor).where(CheckIn.unit_id == unit_id)
    if cycle is not None:
        of_unit = of_unit.where(CheckIn.cycle_id == cycle.id)
    return session.scalars(of_unit.order_by(CheckIn.planned_on.desc(), CheckIn.id.desc())).all()


def check_in_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return the cycle's check-ins that the actor may see as plain rows, by day."""
    allow(actor, "read_check_ins")
    found = session.scalars(
        visible_check_ins(actor)
        .where(CheckIn.cycle_id == cycle.id)
        .order_by(CheckIn.planned_on, CheckIn.id)
    )
    return [
        {
            "check_in": each.public_id,
            "kind": each.kind,
            "about": each.review.person.code if each.review else each.unit and each.unit.code,
            "rhythm": each.rhythm,
            "planned_on": each.planned_on,
            "state": each.state,
            "held_on": each.held_on,
        }
        for each in found
    ]


def carried_in(session: Session, check_in: CheckIn) -> Sequence[Carried]:
    """Return how a check-in left each measure that was open, in the order of the days due."""
    return session.scalars(
        select(Carried)
        .join(Undertaking, Undertaking.id == Carried.undertaking_id)
        .where(Carried.check_in_id == check_in.id)
        .order_by(Undertaking.due_on, Undertaking.id)
        .options(joinedload(Carried.undertaking).joinedload(Undertaking.owner))
    ).all()


def agreed_in(session: Session, check_in: CheckIn) -> Sequence[Undertaking]:
    """Return the measures that a check-in agreed on."""
    return session.scalars(
        select(Undertaking)
        .where(Undertaking.check_in_id == check_in.id)
        .order_by(Undertaking.id)
        .options(joinedload(Undertaking.owner))
    ).all()


def alerts_of_team(session: Session, actor: Actor, cycle: Cycle) -> Sequence[AlertFired]:
    """Return each alert's last coming about each of the actor's people, the latest first."""
    allow(actor, "list_reviews")
    again = aliased(AlertFired)
    last = select(func.max(again.seq)).where(
        again.review_id == AlertFired.review_id, again.code == AlertFired.code
    )
    return session.scalars(
        select(AlertFired)
        .join(Review, Review.id == AlertFired.review_id)
        .join(Person, Person.id == Review.person_id)
        .where(
            Review.cycle_id == cycle.id,
            people(actor, "list_reviews"),
            Person.id != actor.person_id if actor.person_id else Person.id.is_not(None),
            AlertFired.seq == last.scalar_subquery(),
        )
        .order_by(AlertFired.fired_at.desc(), AlertFired.id.desc())
        .options(joinedload(AlertFired.review).joinedload(Review.person))
    ).all()


def alert_rows(session: Session, actor: Actor, cycle: Cycle) -> list[dict[str, object]]:
    """Return the alerts of a cycle about those whom the actor sees, as plain rows, by time."""
    allow(actor, "list_reviews")
    found = session.scalars(
        select(AlertFired)
        .join(Review, Review.id == AlertFired.review_id)
        .join(Person, Person.id == Review.person_id)
        .where(Review.cycle_id == cycle.id, people(actor, "list_reviews"))
        .order_by(AlertFired.id)
        .options(joinedload(AlertFired.review).joinedload(Review.person))
    )
    return [
        {
            "person": each.review.person.code,
            "alert": each.code,
            "seq": each.seq,
            "gone": each.gone,
            "gauge": each.gauge,
            "fired_at": each.fired_at,
        }
        for each in found
    ]


def measure_rows(session: Session, actor: Actor) -> list[dict[str, object]]:
    """Return the actor's own open measures as plain rows, the first due first."""
    allow(actor, "end_measure")
    if actor.oneself is None:
        return []
    return [
        {
            "measure": each.public_id,
            "what": each.what,
            "owner": each.owner.code,
            "due_on": each.due_on,
            "state": each.state,
        }
        for each in open_measures(session, person=actor.oneself)
        if each.owner_id == actor.oneself
    ]
