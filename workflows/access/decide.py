"""The decision itself: may this actor do this, and to which people's rows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Reach, Role, reaches
from workflows.org.tables import Membership, Person, Unit


def may(actor: Actor, operation: str) -> bool:
    """Say whether ``actor`` may do ``operation`` to anybody at all."""
    return any(reaches(operation, held.role) for held in actor.roles)


def allow(actor: Actor, operation: str) -> None:
    """Refuse with ``DENIED`` unless ``actor`` may do ``operation`` to somebody."""
    if not may(actor, operation):
        raise denied(operation)


def may_everywhere(actor: Actor, operation: str) -> bool:
    """Say whether ``actor`` may do ``operation`` to the whole company."""
    return any(Reach.ALL in reaches(operation, held.role) for held in actor.roles)


def allow_everywhere(actor: Actor, operation: str) -> None:
    """Refuse with ``DENIED`` unless ``actor`` may do ``operation`` to the whole company."""
    if not may_everywhere(actor, operation):
        raise denied(operation)


def allow_person(session: Session, actor: Actor, operation: str, person_id: int) -> None:
    """Refuse with ``DENIED`` unless ``actor`` may do ``operation`` to this person's data."""
    condition = people(actor, operation)
    if session.scalar(select(Person.id).where(Person.id == person_id, condition)) is None:
        raise denied(operation)


def people(actor: Actor, operation: str) -> ColumnElement[bool]:
    """Return the condition on ``Person`` that holds for those whom ``actor`` reaches.

    Use it in the ``WHERE`` of whatever joins ``Person``; for an actor without the right it
    is false for everybody.
    """
    reached = [
        _condition(actor, held, reach)
        for held in actor.roles
        for reach in sorted(reaches(operation, held.role))
    ]
    return or_(false(), *reached)


def roles_towards(session: Session, actor: Actor, operation: str, person_id: int) -> set[str]:
    """Return as what ``actor`` reaches this person: as a ``salesperson`` or ``owner`` oneself,
    as ``manager`` one's team, and so on; a manager is never the manager of their own review.
    """
    return roles_towards_each(session, actor, operation, [person_id])[person_id]


def roles_towards_each(
    session: Session, actor: Actor, operation: str, person_ids: Collection[int]
) -> dict[int, set[str]]:
    """Return ``roles_towards`` for many people at once, by id: a statement for each reach."""
    found: dict[int, set[str]] = {person_id: set() for person_id in person_ids}
    for held in actor.roles:
        for reach in sorted(reaches(operation, held.role)):
            condition = _condition(actor, held, reach)
            reached = select(Person.id).where(Person.id.in_(person_ids), condition)
            for person_id in session.scalars(reached):
                if reach is Reach.OWN:
                    found[person_id].add("owner")
                if reach is not Reach.OWN or held.role is Role.SALESPERSON:
                    found[person_id].add(held.role.value)
    return found


def denied(operation: str) -> KaohengError:
    """Build the refusal: it names the operation and nothing about the data."""
    return refuse(
        "access.denied",
        N_("You may not do this ({operation})."),
        N_("Ask somebody whose role allows it, or an administrator for the role."),
        kind=Kind.DENIED,
        operation=operation,
    )


def _condition(actor: Actor, held: RoleHeld, reach: Reach) -> ColumnElement[bool]:
    match reach:
        case Reach.ALL:
            return true()
        case Reach.OWN:
            return Person.id == actor.person_id if actor.person_id else false()
        case Reach.TEAM:
            return _in_units_managed_by(actor) if actor.person_id else false()
        case Reach.REGION:
            return _in_unit(held.unit_id) if held.unit_id else false()


def _in_units_managed_by(actor: Actor) -> ColumnElement[bool]:
    managed = select(Membership.unit_id).where(
        Membership.person_id == actor.person_id,
        Membership.role == "manager",
        Membership.valid_to.is_(None),
    )
    below = select(Unit.id).where(Unit.id.in_(managed)).cte(recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    # Nobody is in their own team: what a manager may do to the team, they may not to themselves.
    return Person.id.in_(
        select(Membership.person_id).where(
            Membership.unit_id.in_(select(below.c.id)),
            Membership.valid_to.is_(None),
            Membership.person_id != actor.person_id,
        )
    )


def _in_unit(unit_id: int) -> ColumnElement[bool]:
    below = select(Unit.id).where(Unit.id == unit_id).cte(recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    return Person.id.in_(
        select(Membership.person_id).where(
            Membership.unit_id.in_(select(below.c.id)), Membership.valid_to.is_(None)
        )
    )
