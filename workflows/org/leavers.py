"""A leaver's accounts are switched off with their first day away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.access.actors import SYSTEM, Actor
from workflows.access.policy import Role
from workflows.accounts.changing import switch_off
from workflows.accounts.tables import Account
from workflows.org.tables import Person
from workflows.timers.operations import drop_timers_of, set_timer
from workflows.timers.registry import timer

_TIMER = "end_accounts"


def end_accounts(
    session: Session, actor: Actor, now: datetime, person: Person, day: date, timezone: ZoneInfo
) -> None:
    """Have a person's accounts end with ``day``, their first away; part of their leaving.

    An administrator's stays, so that there always is one: ``accounts_left`` names it.
    """
    due_at = datetime.combine(day, time(), timezone)
    owner = f"leaver:{person.public_id}"
    drop_timers_of(session, now, [owner])
    if due_at <= now:
        _switch_off(session, actor, now, person)
    else:
        # By the day: whoever came back and leaves again has a timer of their own for it.
        key = f"{person.public_id}:{day.isoformat()}"
        about = {"person": person.public_id, "day": day.isoformat()}
        set_timer(session, _TIMER, key, due_at, about, owner)


@timer(_TIMER)
def _leave(session: Session, due_at: datetime, about: Mapping[str, Any]) -> None:
    """Switch the accounts off, unless the leaving was taken back or put off meanwhile."""
    of_person = select(Person).where(Person.public_id == about["person"])
    person = session.scalars(of_person).one()
    if person.left_on is not None and person.left_on <= date.fromisoformat(about["day"]):
        _switch_off(session, SYSTEM, due_at, person)


def accounts_left(session: Session, person: Person, today: date) -> list[str]:
    """Return the user names of somebody who has left that may still sign in."""
    if person.left_on is None or person.left_on > today:
        return []
    return [account.username for account in _accounts(session, person)]


def _switch_off(session: Session, actor: Actor, now: datetime, person: Person) -> None:
    for account in _accounts(session, person):
        if not _is_administrator(account):
            switch_off(session, actor, now, account)


def _accounts(session: Session, person: Person) -> list[Account]:
    own = select(Account).where(Account.person_id == person.id, Account.active)
    return list(session.scalars(own.order_by(Account.id)))


def _is_administrator(account: Account) -> bool:
    return any(held.role == Role.ADMINISTRATOR.value for held in account.roles)
