"""Which units an actor reaches: those that they manage, and what lies below."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, is_member_now
from workflows.access.policy import Reach, reaches
from workflows.org.tables import Membership, Unit
from workflows.org.tree import below_on


def units(actor: Actor, operation: str) -> ColumnElement[bool]:
    """Return the condition on ``Unit`` that holds for those whom ``actor`` reaches.

    One's own reach is the units that one belongs to: what is said in a team is for its members.
    """
    reached: list[ColumnElement[bool]] = []
    for held in actor.roles:
        for reach in reaches(operation, held.role):
            match reach:
                case Reach.ALL:
                    reached.append(true())
                case Reach.REGION:
                    reached.append(
                        _below(actor, Unit.id == held.unit_id) if held.unit_id else false()
                    )
                case Reach.TEAM:
                    managed = _standing(actor, actor.person_id).where(Membership.role == "manager")
                    reached.append(_below(actor, Unit.id.in_(managed)))
                case Reach.OWN:
                    reached.append(Unit.id.in_(_standing(actor, actor.oneself)))
    return or_(false(), *reached)


def find_unit(session: Session, actor: Actor, operation: str, code: str) -> Unit:
    """Return the unit with this code; refuse with ``MISSING`` one that the actor does not reach."""
    allow(actor, operation)
    unit = session.scalar(select(Unit).where(Unit.code == code, units(actor, operation)))
    if unit is None:
        raise refuse(
            "units.not_there",
            N_("There is no such team."),
            N_("It may not be yours to see. Start again from your team's page."),
            kind=Kind.MISSING,
        )
    return unit


def _standing(actor: Actor, person_id: int | None) -> Select[Any]:
    """Return the units that a person is in, or manages, on the actor's day."""
    return select(Membership.unit_id).where(Membership.person_id == person_id, is_member_now(actor))


def _below(actor: Actor, top: ColumnElement[bool]) -> ColumnElement[bool]:
    below = below_on(select(Unit.id).where(top), actor.on)
    return Unit.id.in_(select(below.c.id))
