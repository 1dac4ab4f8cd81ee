"""The decision itself: may this actor do this, and to which people's rows."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor, RoleHeld
from workflows.access.naming import movers_named
from workflows.access.policy import OF_OTHERS, OPERATIONS, Reach, Role, reaches
from workflows.org.leading import holds_on
from workflows.org.tables import Membership, Person, Unit
from workflows.org.tree import below_on


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
        refuse_oneself(actor, operation, person_id)
        raise denied(operation)


def refuse_oneself(actor: Actor, operation: str, person_id: int) -> None:
    """Refuse with ``DENIED`` whoever would do to themselves what their role does to others."""
    is_own = person_id in {actor.oneself, actor.own_person_id}
    if is_own and operation in OF_OTHERS and may(actor, operation):
        raise _oneself(operation)


def people(actor: Actor, operation: str) -> ColumnElement[bool]:
    """Return the condition on ``Person`` that holds for those whom ``actor`` reaches.

    Use it in the ``WHERE`` of whatever joins ``Person``; for an actor without the right it
    is false for everybody.
    """
    reached = [
        _condition(actor, operation, held, reach)
        for held in actor.roles
        for reach in sorted(reaches(operation, held.role))
    ]
    return or_(false(), *reached)


def roles_towards(session: Session, actor: Actor, operation: str, person_id: int) -> set[str]:
    """Return as what ``actor`` reaches this person: as a ``salesperson`` or ``owner`` oneself,
    as ``manager`` one's team, and so on; a manager is never the manager of their own review.
    """
    return roles_towards_each(session, actor, operation, [person_id])[person_id]


def require_roles(session: Session, actor: Actor, operation: str, person_id: int) -> set[str]:
    """Return ``roles_towards`` of a person whom ``actor`` reaches; refuse as ``allow_person``."""
    roles = roles_towards(session, actor, operation, person_id)
    if not roles:
        refuse_oneself(actor, operation, person_id)
        raise denied(operation)
    return roles


def roles_towards_each(
    session: Session, actor: Actor, operation: str, person_ids: Collection[int]
) -> dict[int, set[str]]:
    """Return ``roles_towards`` for many people at once, by id: a statement for each reach."""
    found: dict[int, set[str]] = {person_id: set() for person_id in person_ids}
    for held in actor.roles:
        for reach in sorted(reaches(operation, held.role)):
            condition = _condition(actor, operation, held, reach)
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


def _oneself(operation: str) -> KaohengError:
    others = (role.value for role, far in OPERATIONS[operation].items() if far - {Reach.OWN})
    return refuse(
        "access.oneself",
        N_("This is about yourself: nobody does it for themselves."),
        N_("Ask somebody else whose it is: {by}."),
        kind=Kind.DENIED,
        by=movers_named(others),
    )


def _condition(actor: Actor, operation: str, held: RoleHeld, reach: Reach) -> ColumnElement[bool]:
    if reach is Reach.OWN:
        # Whoever stands in for somebody is not that person: they decide for them on others only.
        return Person.id == actor.oneself if actor.oneself else false()
    reached = _reached(actor, held, reach)
    if actor.on_behalf_of is None and operation not in OF_OTHERS:
        return reached
    # Not on oneself; through another's rights not on whose rights they are either.
    own_and_theirs = {actor.own_person_id, actor.person_id} - {None}
    return and_(reached, Person.id.not_in(own_and_theirs)) if own_and_theirs else reached


# Remembered is the question, which follows from the actor and their day alone, and never its
# answer: each statement asks who is where now. A page asks some thirty times, and to write the
# question out anew each time took longer than to have it answered.
@lru_cache(maxsize=1024)
def _reached(actor: Actor, held: RoleHeld, reach: Reach) -> ColumnElement[bool]:
    match reach:
        case Reach.TEAM:
            return _in_units_managed_by(actor) if actor.person_id else false()
        case Reach.REGION:
            unit = select(Unit.id).where(Unit.id == held.unit_id)
            return _in_units(unit, actor) if held.unit_id else false()
    return true()


def _in_units_managed_by(actor: Actor) -> ColumnElement[bool]:
    managed = select(Membership.unit_id).where(
        Membership.person_id == actor.person_id, Membership.role == "manager", is_member_now(actor)
    )
    # Nobody is in their own team: what a manager may do to the team, they may not to themselves.
    return and_(_in_units(managed, actor), Person.id != actor.person_id)


def _in_units(units: Select[Any], actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody is in ``units`` or below, or was when they left."""
    below = below_on(units, actor.on)
    there = aliased(Person)
    # What is still to be settled of a leaver stays with those whose it was on the last day.
    was_last_there = Membership.valid_to == there.left_on
    return Person.id.in_(
        select(Membership.person_id)
        .join(there, there.id == Membership.person_id)
        .where(
            Membership.unit_id.in_(select(below.c.id)),
            or_(is_member_now(actor), was_last_there),
        )
    )


def is_member_now(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a membership holds on the actor's day, or is open without one."""
    if actor.on is None:
        return Membership.valid_to.is_(None)
    return holds_on(actor.on)
