"""Which units an actor reaches: those that they manage, and what lies below."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow
from workflows.access.policy import Reach, reaches
from workflows.org.tables import Membership, Unit


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
                    reached.append(_below(Unit.id == held.unit_id) if held.unit_id else false())
                case Reach.TEAM:
                    reached.append(_below(Unit.id.in_(_standing(actor, "manager"))))
                case Reach.OWN:
                    reached.append(Unit.id.in_(_standing(actor, None)))
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


def _standing(actor: Actor, role: str | None) -> Select[Any]:
    found = select(Membership.unit_id).where(
        Membership.person_id == actor.person_id, Membership.valid_to.is_(None)
    )
    return found if role is None else found.where(Membership.role == role)


def _below(top: ColumnElement[bool]) -> ColumnElement[bool]:
    below = select(Unit.id).where(top).cte(recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    return Unit.id.in_(select(below.c.id))
