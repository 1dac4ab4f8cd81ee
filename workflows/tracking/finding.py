"""The one way from an address to a check-in or a measure: through what the actor may see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, people
from workflows.access.units import units
from workflows.cycles.tables import Cycle
from workflows.org.tables import Person, Unit
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion
from workflows.tracking.tables import CheckIn, Undertaking


def visible_check_ins(actor: Actor) -> Select[Any]:
    """Select the check-ins that the actor may see, with what they are about.

    A one-to-one is seen by its two and by those who answer for people; a team's by its members.
    """
    return (
        select(CheckIn)
        .outerjoin(Review, Review.id == CheckIn.review_id)
        .outerjoin(Person, Person.id == Review.person_id)
        .outerjoin(Unit, Unit.id == CheckIn.unit_id)
        .where(or_(_about_people(actor), _about_units(actor)))
        .options(
            joinedload(CheckIn.review).joinedload(Review.person),
            joinedload(CheckIn.unit),
            joinedload(CheckIn.recorder),
            joinedload(CheckIn.cycle)
            .joinedload(Cycle.policy_version)
            .joinedload(PolicyVersion.policy),
        )
    )


def find_check_in(session: Session, actor: Actor, public_id: str) -> CheckIn:
    """Return a check-in; refuse with ``MISSING`` one that the actor may not see."""
    allow(actor, "read_check_ins")
    found: CheckIn | None = session.scalar(
        visible_check_ins(actor).where(CheckIn.public_id == public_id)
    )
    if found is None:
        raise _missing()
    return found


def find_undertaking(session: Session, actor: Actor, public_id: str) -> Undertaking:
    """Return a measure that the actor may end: their own, or one of their people or their team."""
    allow(actor, "end_measure")
    about = aliased(Person)
    found = session.scalar(
        select(Undertaking)
        .join(Person, Person.id == Undertaking.owner_id)
        .outerjoin(Review, Review.id == Undertaking.review_id)
        .outerjoin(about, about.id == Review.person_id)
        .where(
            Undertaking.public_id == public_id,
            or_(
                people(actor, "end_measure"),
                Review.person_id.in_(select(Person.id).where(people(actor, "record_check_in"))),
            ),
        )
        .options(joinedload(Undertaking.owner))
    )
    if found is None:
        raise _missing()
    return found


def _about_people(actor: Actor) -> ColumnElement[bool]:
    return CheckIn.review_id.is_not(None) & people(actor, "read_check_ins")


def _about_units(actor: Actor) -> ColumnElement[bool]:
    return CheckIn.unit_id.is_not(None) & units(actor, "read_check_ins")


def _missing() -> KaohengError:
    return refuse(
        "tracking.not_there",
        N_("There is no such check-in or measure."),
        N_("It may not be yours to see. Start again from the review or the team."),
        kind=Kind.MISSING,
    )
