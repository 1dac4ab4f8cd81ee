"""Changing accounts: their roles, whether they may sign in, one's own password."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.access.policy import Role
from workflows.accounts.operations import region_of_role
from workflows.accounts.passwords import hash_password, verify_password
from workflows.accounts.tables import Account, AccountRole
from workflows.base.conditional import change_if
from workflows.log.append import append
from workflows.log.leaf import Subject

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024


def set_active(
    session: Session, actor: Actor, now: datetime, *, account: Account, active: bool
) -> None:
    """Let somebody sign in again, or end their sessions and tokens now.

    Raises ``KaohengError``: ``CONFLICT`` where that is so already, ``INVALID`` for oneself.
    """
    allow_everywhere(actor, "change_account")
    _refuse_oneself(actor, account)
    changed = change_if(
        session,
        update(Account)
        .where(Account.id == account.id, Account.active.is_not(active))
        .values(active=active, fs_uniquifier=uuid.uuid4().hex),
    )
    if not changed:
        raise _already(account)
    _log(session, actor, now, account, active=active)
    session.refresh(account)


def switch_off(session: Session, actor: Actor, now: datetime, account: Account) -> None:
    """End an account's sessions and tokens; part of its owner's leaving, which HR enters."""
    changed = change_if(
        session,
        update(Account)
        .where(Account.id == account.id, Account.active)
        .values(active=False, fs_uniquifier=uuid.uuid4().hex),
    )
    if changed:
        _log(session, actor, now, account, active=False)
        session.refresh(account)


def give_role(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    account: Account,
    role: Role,
    region_code: str | None = None,
) -> None:
    """Give an account one more role; ``region_code`` belongs to an HR of a region.

    Raises ``KaohengError`` for a role that it has, one that needs a person in the
    organisation, and a region that is missing or unknown.
    """
    allow_everywhere(actor, "change_account")
    unit = region_of_role(session, role, region_code)
    if role in (Role.SALESPERSON, Role.MANAGER) and account.person_id is None:
        raise refuse(
            "accounts.not_in_the_organisation",
            N_("{username} is nobody in the organisation, so cannot be a {role}."),
            N_("Make an account for that person."),
            username=account.username,
            role=role.value,
        )
    unit_id = unit.id if unit else None
    if any((held.role, held.unit_id) == (role.value, unit_id) for held in account.roles):
        raise _already(account)
    session.add(AccountRole(account_id=account.id, role=role.value, unit_id=unit_id))
    _log(session, actor, now, account, role_given=role.value, unit=unit.code if unit else None)
    session.refresh(account)


def take_role(
    session: Session, actor: Actor, now: datetime, *, account: Account, role_id: int
) -> None:
    """Take a role away from an account and end its sessions.

    Raises ``KaohengError``: ``CONFLICT`` where it is gone already, ``INVALID`` for oneself.
    """
    allow_everywhere(actor, "change_account")
    _refuse_oneself(actor, account)
    taken = session.execute(
        delete(AccountRole)
        .where(AccountRole.id == role_id, AccountRole.account_id == account.id)
        .returning(AccountRole.role)
    ).scalar_one_or_none()
    if taken is None:
        raise _already(account)
    _end_sessions(session, account)
    _log(session, actor, now, account, role_taken=taken)
    session.refresh(account)


def change_password(
    session: Session, actor: Actor, now: datetime, *, current: str, new: str, again: str
) -> None:
    """Change one's own password; every session of the account ends, this one too.

    Raises ``KaohengError`` for a current password that is wrong, a new one that is too short
    or the same, and one that was not typed twice alike.
    """
    account = session.get_one(Account, actor.account_id)
    if not verify_password(current, account.password):
        raise refuse(
            "accounts.wrong_password",
            N_("That is not your current password."),
            N_("Type the one that you signed in with."),
        )
    _check_password(new, again, current)
    account.password = hash_password(new)
    _end_sessions(session, account)
    append(
        session,
        action="change_password",
        actor=actor,
        subject=Subject("account", account.public_id),
        at=now,
    )


def find_account(session: Session, public_id: str) -> Account | None:
    return session.scalar(select(Account).where(Account.public_id == public_id))


def _check_password(new: str, again: str, current: str) -> None:
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise refuse(
            "accounts.short_password",
            N_("The new password is too short or far too long."),
            N_("Use at least {shortest} characters; a sentence is easy to remember."),
            shortest=SHORTEST_PASSWORD,
        )
    if new != again:
        raise refuse(
            "accounts.passwords_differ",
            N_("The new password was not typed twice alike."),
            N_("Type it again, twice."),
        )
    if new == current:
        raise refuse(
            "accounts.same_password",
            N_("The new password is the one that you have."),
            N_("Choose another one."),
        )


def _refuse_oneself(actor: Actor, account: Account) -> None:
    if actor.account_id == account.id:
        raise refuse(
            "accounts.oneself",
            N_("Nobody takes their own access away."),
            N_("Ask another administrator; so there always is one."),
        )


def _already(account: Account) -> KaohengError:
    return refuse(
        "accounts.changed_already",
        N_("{username} is like that already."),
        N_("Look again: somebody may have been first."),
        kind=Kind.CONFLICT,
        username=account.username,
    )


def _end_sessions(session: Session, account: Account) -> None:
    account.fs_uniquifier = uuid.uuid4().hex
    session.flush()


def _log(session: Session, actor: Actor, now: datetime, account: Account, **details: Any) -> None:
    append(
        session,
        action="change_account",
        actor=actor,
        subject=Subject("account", account.public_id),
        at=now,
        details=details,
    )
