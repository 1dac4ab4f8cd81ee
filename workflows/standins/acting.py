"""Acting for somebody: which rights are handed on, and to whom, on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BindParameter, Date, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.accounts.tables import Account
from workflows.standins.tables import StandIn

# Roles that decide. Running the system and reading its history are nobody else's to do.
HANDED_ON = frozenset({Role.MANAGER, Role.SALES_DIRECTOR, Role.FINANCE, Role.HR_REGION})


def handed_on(account: Account) -> tuple[RoleHeld, ...]:
    """Return the roles of an account that a stand-in may act with."""
    held = (RoleHeld(Role(each.role), each.unit_id) for each in account.roles)
    return tuple(each for each in held if each.role in HANDED_ON)


# Every request asks this: to build it each time takes longer than its answer.
_DAY: BindParameter[date] = bindparam("day", type_=Date)
_HOLDS = (StandIn.starts_on <= _DAY) & (StandIn.ends_on > _DAY) & StandIn.revoked_at.is_(None)
_ACTING = (
    select(StandIn)
    .join(StandIn.principal)
    .where(StandIn.account_id == bindparam("account_id"), _HOLDS, Account.active)
    .options(contains_eager(StandIn.principal).joinedload(Account.person))
    .order_by(Account.username)
)


def standing_in_for(session: Session, account_id: int | None, on: date) -> list[StandIn]:
    """Return for whom an account may act on a day, by user name."""
    return list(session.scalars(_ACTING, {"account_id": account_id, "day": on}))


def acting_for(session: Session, actor: Actor, key: str, on: date) -> Actor | None:
    """Return the actor as they act under the stand-in called ``key``; None where they may not.

    Asked at every request: when its time is over or it is revoked, one is oneself again.
    """
    standing_in = standing_in_for(session, actor.account_id, on)
    found = next((each for each in standing_in if each.public_id == key), None)
    return _switched(actor, found.principal, on) if found is not None else None


def acting_for_username(session: Session, actor: Actor, username: str, on: date) -> Actor:
    """Return the actor as they act for the account ``username``; refuse with ``DENIED``."""
    standing_in = standing_in_for(session, actor.account_id, on)
    found = next((each for each in standing_in if each.principal.username == username), None)
    if found is None:
        raise _not_a_stand_in(username, on)
    return _switched(actor, found.principal, on)


def _switched(actor: Actor, principal: Account, on: date) -> Actor:
    """Return who acts with the principal's own rights, none of which were handed to these."""
    return Actor(
        public_id=actor.public_id,
        roles=handed_on(principal),
        account_id=actor.account_id,
        person_id=principal.person_id,
        on_behalf_of=principal.public_id,
        own_person_id=actor.person_id,
        on=on,
    )


def _not_a_stand_in(username: str, on: date) -> KaohengError:
    return refuse(
        "standins.not_named",
        N_("You are no stand-in for {username} on {day}."),
        N_("See for whom you may act under Stand-ins, or with `kaoheng stand-in list`."),
        kind=Kind.DENIED,
        username=username,
        day=on.isoformat(),
    )
