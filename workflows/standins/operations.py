"""Naming a stand-in for a time, and revoking it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.errors import N_, Fault, KaohengError, Kind, Place, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow, denied, may_everywhere, people
from workflows.access.policy import Role
from workflows.accounts.operations import actor_of_account
from workflows.accounts.tables import Account
from workflows.base.conditional import change_if
from workflows.cycles.tables import Cycle
from workflows.log.append import append
from workflows.log.leaf import Subject
from workflows.notices.operations import notify
from workflows.org.tables import Person
from workflows.reviews.tables import Review
from workflows.standins.acting import handed_on
from workflows.standins.tables import StandIn

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Naming:
    """From which day to which last day somebody stands in, and why."""

    first_day: date | None
    last_day: date | None
    reason: str


def name_stand_in(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    principal: Account,
    stand_in: Account,
    naming: Naming,
    today: date,
) -> StandIn:
    """Let ``stand_in`` act for ``principal`` for a time: by the latter themselves, or by HR.

    Raises ``KaohengError``: ``DENIED`` for anybody else's rights and for whoever acts for
    somebody (what was handed on is not handed on again), and with every reason where nobody can
    stand in so: for oneself, for somebody who leads one's own review, without end or reason.
    """
    allow(actor, "name_stand_in")
    own = principal.id == actor.account_id
    if actor.on_behalf_of is not None or not (own or may_everywhere(actor, "name_stand_in")):
        raise denied("name_stand_in")
    session.execute(select(Account.id).where(Account.id == principal.id).with_for_update())
    faults = [
        *_of_the_two(session, actor, principal, stand_in, today),
        *_of_time(session, principal, stand_in, naming, today),
    ]
    if faults:
        raise KaohengError(faults)
    named = _named(actor, now, principal, stand_in, naming)
    session.add(named)
    session.flush()
    _tell(session, now, named, principal, stand_in)
    append(
        session,
        action="name_stand_in",
        actor=actor,
        subject=Subject("account", principal.public_id),
        at=now,
        details={
            "stand_in": stand_in.public_id,
            "from": named.starts_on.isoformat(),
            "until": (named.ends_on - timedelta(days=1)).isoformat(),
        },
        personal={"reason": named.reason},
        person=principal.person.public_id if principal.person else None,
    )
    return named


def _named(
    actor: Actor, now: datetime, principal: Account, stand_in: Account, naming: Naming
) -> StandIn:
    assert naming.first_day is not None, "a stand-in without a beginning is refused"
    assert naming.last_day is not None, "a stand-in without an end is refused"
    return StandIn(
        public_id=uuid.uuid4().hex,
        principal_id=principal.id,
        account_id=stand_in.id,
        starts_on=naming.first_day,
        ends_on=naming.last_day + timedelta(days=1),
        reason=naming.reason.strip(),
        named_by=actor.account_id,
        named_at=now,
    )


def revoke_stand_in(session: Session, actor: Actor, now: datetime, named: StandIn) -> None:
    """End a stand-in now: by whose rights they are, by HR, or by the stand-in who gives them back.

    CONFLICT where it is revoked already.
    """
    mine = actor.account_id in (named.principal_id, named.account_id)
    if actor.on_behalf_of is not None or not (mine or may_everywhere(actor, "name_stand_in")):
        raise denied("name_stand_in")
    first = change_if(
        session,
        update(StandIn)
        .where(StandIn.id == named.id, StandIn.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor.account_id),
    )
    session.refresh(named)
    if not first:
        raise refuse(
            "standins.revoked",
            N_("This stand-in has been revoked already."),
            N_("There is nothing left to do."),
            kind=Kind.CONFLICT,
        )
    append(
        session,
        action="revoke_stand_in",
        actor=actor,
        subject=Subject("account", named.principal.public_id),
        at=now,
        details={"stand_in": named.account.public_id},
    )


def find_stand_in(session: Session, actor: Actor, key: str) -> StandIn:
    """Return what the actor may see of who acts for whom; refuse with ``MISSING``."""
    named = session.scalar(select(StandIn).where(StandIn.public_id == key))
    mine = named is not None and actor.account_id in (named.principal_id, named.account_id)
    if named is None or not (mine or may_everywhere(actor, "read_stand_ins")):
        raise refuse(
            "standins.unknown",
            N_("There is no such stand-in."),
            N_("Reload the page."),
            kind=Kind.MISSING,
        )
    return named


def find_account(session: Session, username: str) -> Account:
    """Return the account with this user name; refuse with ``MISSING``."""
    account = session.scalar(select(Account).where(Account.username == username.strip()))
    if account is None:
        raise refuse(
            "standins.unknown_account",
            N_("There is no user {username!r}."),
            N_("Type the name that they sign in with."),
            kind=Kind.MISSING,
            username=username,
        )
    return account


def _of_the_two(
    session: Session, actor: Actor, principal: Account, stand_in: Account, today: date
) -> list[Fault]:
    names = {"stand_in": stand_in.username, "principal": principal.username}
    found = []
    if not handed_on(principal) or not principal.active:
        found.append(
            _fault("principal", N_("{principal} has no role that can be handed on."), _ROLES, names)
        )
    if not stand_in.active:
        found.append(
            _fault("stand_in", N_("{stand_in} may not sign in any more."), _ANOTHER, names)
        )
    if _same(principal.id, principal.person_id, stand_in):
        found.append(_fault("stand_in", N_("Nobody stands in for themselves."), _ANOTHER, names))
    elif _same(actor.account_id, actor.person_id, stand_in):
        found.append(
            _fault("stand_in", N_("Nobody names themselves for another."), _ANOTHER, names)
        )
    elif _is_appraised_by(session, principal, stand_in, today):
        found.append(
            _fault(
                "stand_in",
                N_("{principal} leads the review of {stand_in}, who would act on it themselves."),
                N_("Name somebody of the same level or above."),
                names,
            )
        )
    return found


def _of_time(
    session: Session, principal: Account, stand_in: Account, naming: Naming, today: date
) -> list[Fault]:
    found = []
    first, last = naming.first_day, naming.last_day
    if first is None or last is None or last < first or last < today:
        message = N_("The days are missing, over, or the wrong way round.")
        found.append(_fault("last_day", message, N_("Give the first and the last day."), {}))
    elif (last - first).days >= LONGEST_DAYS:
        message = N_("Nobody stands in for longer than a year at a time.")
        found.append(_fault("last_day", message, N_("Name them anew when it is over."), {}))
    elif _is_named(session, principal, stand_in, first, last):
        message = N_("{stand_in} stands in for {principal} on some of these days already.")
        names = {"stand_in": stand_in.username, "principal": principal.username}
        remedy = N_("Choose other days, or revoke that first.")
        found.append(_fault("stand_in", message, remedy, names))
    if not naming.reason.strip() or len(naming.reason) > 2000:
        message = N_("It is not said why somebody stands in.")
        found.append(_fault("reason", message, N_("Say why, in at most 2,000 characters."), {}))
    return found


def _is_appraised_by(session: Session, principal: Account, stand_in: Account, on: date) -> bool:
    """Say whether the principal leads, as their manager, somebody with a review that runs."""
    if stand_in.person_id is None:
        return False
    whole = actor_of_account(principal, on)
    roles = tuple(held for held in whole.roles if held.role is Role.MANAGER)
    leads = Actor(whole.public_id, roles, whole.account_id, whole.person_id, on=on)
    running = (
        select(Review.id)
        .join(Person, Person.id == Review.person_id)
        .join(Cycle, Cycle.id == Review.cycle_id)
        .where(
            Review.person_id == stand_in.person_id,
            Cycle.state != "sealed",
            people(leads, "calibrate_review"),
        )
        .limit(1)
    )
    return session.scalar(running) is not None


def _is_named(
    session: Session, principal: Account, stand_in: Account, first: date, last: date
) -> bool:
    there = select(StandIn.id).where(
        StandIn.principal_id == principal.id,
        StandIn.account_id == stand_in.id,
        StandIn.revoked_at.is_(None),
        StandIn.starts_on <= last,
        StandIn.ends_on > first,
    )
    return session.scalar(there.limit(1)) is not None


def _same(account_id: int | None, person_id: int | None, account: Account) -> bool:
    same_person = person_id is not None and account.person_id == person_id
    return account.id == account_id or same_person


def _tell(
    session: Session, now: datetime, named: StandIn, principal: Account, stand_in: Account
) -> None:
    notify(
        session,
        now,
        stand_in,
        f"standins.named/{named.public_id}",
        N_("You may act for {name} from {first} to {last}."),
        link="/stand-ins/",
        name=principal.person.name if principal.person else principal.username,
        first=named.starts_on.isoformat(),
        last=(named.ends_on - timedelta(days=1)).isoformat(),
    )


_ANOTHER = N_("Name somebody else.")
_ROLES = N_("A manager, a sales director, finance and an HR of a region can be stood in for.")


def _fault(field: str, message: str, remedy: str, params: dict[str, str]) -> Fault:
    return Fault(f"standins.{field}", message, remedy, params, Place(path=field))
