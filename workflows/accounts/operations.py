"""Adding accounts and finding out who acts."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import CONSOLE, Actor, RoleHeld
from workflows.access.decide import allow_everywhere, denied
from workflows.access.policy import Role
from workflows.accounts.passwords import FirstPassword, first_password
from workflows.accounts.tables import Account, AccountRole, ApiToken
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.org.tables import Person, Unit

_USERNAME = re.compile(r"[\w.@-]{1,64}")


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account just made, with the only sight of its password and token."""

    user: str
    role: str
    person: str | None
    password: str
    token: str


def add_account(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    username: str,
    role: Role,
    person_code: str | None = None,
    region_code: str | None = None,
    password: FirstPassword | None = None,
) -> NewAccount:
    """Make an account with one role, a first password (``password``, where it was made before)
    and a token.

    Until there is an administrator, the server's console may do this; afterwards only an
    administrator. Raises ``KaohengError`` for a name already taken, a person or region not
    in the organisation, or a role that needs one and has none.
    """
    if actor is CONSOLE and _administrator_exists(session):
        raise denied("add_account")
    allow_everywhere(actor, "add_account")
    _check_username(session, username)
    person = _person(session, role, person_code)
    unit = region_of_role(session, role, region_code)
    password = password or first_password()
    account = Account(
        public_id=uuid.uuid4().hex,
        username=username,
        password=password.hashed,
        active=True,
        fs_uniquifier=uuid.uuid4().hex,
        person=person,
        created_at=now,
        roles=[AccountRole(role=role.value, unit=unit)],
    )
    session.add(account)
    session.flush()
    token = issue_token(session, account, now)
    append(
        session,
        action="add_account",
        actor=actor,
        subject=Subject("account", account.public_id),
        at=now,
        details={"role": role.value, "unit": unit.code if unit else None},
        personal={"username": username},
    )
    return NewAccount(username, role.value, person_code, password.text, token)


def issue_token(session: Session, account: Account, now: datetime) -> str:
    """Make an API token of ``account``; only its hash is kept."""
    token = f"kh_{secrets.token_urlsafe(32)}"
    session.add(ApiToken(account_id=account.id, sha256=_sha256(token), created_at=now))
    return token


def actor_of_token(session: Session, token: str, on: date | None = None) -> Actor:
    """Return who owns ``token``, on a day; refuse with ``DENIED`` one unknown or revoked."""
    account = session.scalar(
        select(Account)
        .join(ApiToken, ApiToken.account_id == Account.id)
        .where(ApiToken.sha256 == _sha256(token), ApiToken.revoked_at.is_(None), Account.active)
    )
    if account is None:
        raise refuse(
            "accounts.unknown_token",
            N_("The token is not known, or no longer valid."),
            N_("Set KAOHENG_TOKEN to a token that `kaoheng user add` or `kaoheng demo` printed."),
            kind=Kind.DENIED,
        )
    return actor_of_account(account, on)


def actor_as_now(session: Session, actor: Actor) -> Actor:
    """Return the actor with the roles that their account has in this transaction.

    A request knows its actor before the transaction begins; whoever takes a role away waits until
    it has ended. An account that may not sign in any more has no role. Of whoever stands in for
    somebody it is the roles that were handed on, as long as the other has them.
    """
    if actor.account_id is None:
        return actor
    own = Account.id == actor.account_id
    active = session.scalar(select(Account.active).where(own).with_for_update(read=True))
    whose = own if actor.on_behalf_of is None else Account.public_id == actor.on_behalf_of
    roles = session.execute(
        select(AccountRole.role, AccountRole.unit_id)
        .join(Account, Account.id == AccountRole.account_id)
        .where(whose)
        .with_for_update(read=True)
    ).all()
    held = tuple(RoleHeld(Role(role), unit_id) for role, unit_id in roles if active)
    if actor.on_behalf_of is not None:
        held = tuple(each for each in held if each in actor.roles)
    return replace(actor, roles=held)


def actor_of_account(account: Account, on: date | None = None) -> Actor:
    """Return the account as an actor on a day, with its roles as they are now."""
    return Actor(
        public_id=account.public_id,
        roles=tuple(RoleHeld(Role(held.role), held.unit_id) for held in account.roles),
        account_id=account.id,
        person_id=account.person_id,
        on=on,
    )


def _administrator_exists(session: Session) -> bool:
    count = session.scalar(
        select(func.count())
        .select_from(AccountRole)
        .where(AccountRole.role == Role.ADMINISTRATOR.value)
    )
    return bool(count)


def _check_username(session: Session, username: str) -> None:
    if not _USERNAME.fullmatch(username):
        raise refuse(
            "accounts.bad_username",
            N_("{username!r} is not a user name."),
            N_("Use up to 64 letters, digits, dots, hyphens, underscores or @."),
            username=username,
        )
    if session.scalar(select(Account.id).where(Account.username == username)) is not None:
        raise refuse(
            "accounts.username_taken",
            N_("There is already a user {username!r}."),
            N_("Choose another name."),
            kind=Kind.CONFLICT,
            username=username,
        )


def _person(session: Session, role: Role, code: str | None) -> Person | None:
    if code is None:
        if role in (Role.SALESPERSON, Role.MANAGER):
            raise refuse(
                "accounts.person_needed",
                N_("A {role} is somebody in the organisation."),
                N_("Say who with --person and their code."),
                role=role.value,
            )
        return None
    person = session.scalar(select(Person).where(Person.code == code))
    if person is None:
        raise refuse(
            "org.unknown_person",
            N_("There is nobody with the code {code!r} in the organisation."),
            N_("Import the organisation first, or check the code with `kaoheng org list`."),
            kind=Kind.MISSING,
            code=code,
        )
    return person


def region_of_role(session: Session, role: Role, code: str | None) -> Unit | None:
    """Return the region that comes with ``role``; only an HR of a region has one, and must."""
    if (role is Role.HR_REGION) != (code is not None):
        raise refuse(
            "accounts.region_needed",
            N_("The role hr_region has a region, and no other role has one."),
            N_("Use --role hr_region together with --region and a region's code."),
        )
    if code is None:
        return None
    unit = session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise refuse(
            "org.unknown_unit",
            N_("There is no unit {code!r} in the organisation."),
            N_("Check the code under Organisation, or with `kaoheng org list`."),
            kind=Kind.MISSING,
            code=code,
        )
    return unit


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
