"""Which calibration sessions somebody sees, and what they may do in each: the one place for it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from engine.errors import N_, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.approvals import is_by
from workflows.access.decide import allow, denied, is_member_now, may, may_everywhere, people
from workflows.access.units import units
from workflows.accounts.tables import Account
from workflows.calibration.tables import (
    CalibrationCard,
    CalibrationParticipant,
    CalibrationSession,
    CalibrationUnit,
)
from workflows.cycles.tables import Cycle
from workflows.org.tables import Membership, Person, Unit
from workflows.reviews.tables import Review
from workflows.rulebook.tables import PolicyVersion


def visible_sessions(session: Session, actor: Actor) -> Select[CalibrationSession]:
    """Return the statement of the sessions that the actor may see: HR and the director all,
    others those that they take part in or that theirs is to approve.
    """
    return select(CalibrationSession).where(_seen_by(session, actor)).options(*_LOADED)


def find_session(session: Session, actor: Actor, key: str) -> CalibrationSession:
    """Return a session that the actor may see; ``MISSING`` as for one that is not there."""
    allow(actor, "see_calibration")
    asked = visible_sessions(session, actor).where(CalibrationSession.public_id == key)
    found = session.scalars(asked).one_or_none()
    if found is None:
        raise _not_there()
    return found


def find_card(
    session: Session, actor: Actor, sitting: CalibrationSession, key: str
) -> CalibrationCard:
    """Return the card of the review ``key``; nobody's own is there for them."""
    card = session.scalar(
        select(CalibrationCard)
        .join(CalibrationCard.review)
        .where(
            CalibrationCard.session_id == sitting.id,
            Review.public_id == key,
            Review.person_id.not_in(own_people(actor)),
        )
    )
    if card is None:
        raise _not_there()
    return card


def own_people(actor: Actor) -> set[int]:
    """Return who the actor is in the organisation, also where they stand in for somebody."""
    return {each for each in (actor.person_id, actor.own_person_id) if each is not None}


def takes_part(actor: Actor, sitting: CalibrationSession) -> bool:
    """Say whether the actor may move people on the board: they were asked, or may everywhere."""
    if not may(actor, "calibrate_in_session"):
        return False
    asked = any(is_by(actor, each.account) for each in sitting.participants)
    return asked or may_everywhere(actor, "calibrate_in_session")


def holds(session: Session, actor: Actor, sitting: CalibrationSession) -> bool:
    """Say whether the session is the actor's to hold: all of its units are within their reach."""
    return reaches_units(session, actor, [each.unit_id for each in sitting.units])


def require_holder(session: Session, actor: Actor, sitting: CalibrationSession) -> None:
    if not holds(session, actor, sitting):
        raise denied("hold_calibration")


def reaches_units(session: Session, actor: Actor, ids: Collection[int]) -> bool:
    """Say whether an HR may hold a session over these units: the whole company's, or a region's
    over units of that region.
    """
    if not may(actor, "hold_calibration"):
        return False
    reached = select(func.count()).where(Unit.id.in_(ids), units(actor, "hold_calibration"))
    return session.scalar(reached) == len(set(ids))


def require_part(actor: Actor, sitting: CalibrationSession) -> None:
    if not takes_part(actor, sitting):
        raise denied("calibrate_in_session")


def require_approver(session: Session, actor: Actor) -> None:
    """Refuse with ``DENIED`` whoever approves no session at all: they lead no unit above others."""
    allow(actor, "approve_calibration")
    if not may_everywhere(actor, "approve_calibration") and not led_below(session, actor):
        raise denied("approve_calibration")


def may_approve(session: Session, actor: Actor, sitting: CalibrationSession) -> bool:
    """Say whether a closed session is the actor's to approve: the director's, or of whoever leads
    the unit above all of its units; never of who closed it, nor of somebody who is on the board.
    """
    if not may(actor, "approve_calibration"):
        return False
    if sitting.closer is not None and is_by(actor, sitting.closer):
        return False
    if _is_on_board(session, actor, sitting):
        return False
    return may_everywhere(actor, "approve_calibration") or _leads_above(session, actor, sitting)


def may_see_pay(session: Session, actor: Actor, sitting: CalibrationSession) -> bool:
    """Say whether the actor may see what everybody on the board is paid."""
    if not may(actor, "list_ledger") or _is_on_board(session, actor, sitting):
        return False
    unseen = (
        select(CalibrationCard.id)
        .join(CalibrationCard.review)
        .join(Review.person)
        .where(CalibrationCard.session_id == sitting.id, ~people(actor, "list_ledger"))
    )
    return session.scalar(unseen.limit(1)) is None


def _seen_by(session: Session, actor: Actor) -> ColumnElement[bool]:
    if not may(actor, "see_calibration"):
        return false()
    if may_everywhere(actor, "see_calibration"):
        return true()
    return or_(_asked(actor), _above(led_below(session, actor)), _held_by(actor))


def _held_by(actor: Actor) -> ColumnElement[bool]:
    """Hold for sessions all of whose units are within the region that the actor is HR of."""
    if not may(actor, "hold_calibration"):
        return false()
    elsewhere = select(CalibrationUnit.id).where(
        CalibrationUnit.session_id == CalibrationSession.id,
        CalibrationUnit.unit_id.not_in(select(Unit.id).where(units(actor, "hold_calibration"))),
    )
    return ~exists(elsewhere)


def _asked(actor: Actor) -> ColumnElement[bool]:
    who = [Account.id == actor.account_id]
    if actor.person_id is not None:
        who.append(Account.person_id == actor.person_id)
    return exists(
        select(CalibrationParticipant.id)
        .join(Account, Account.id == CalibrationParticipant.account_id)
        .where(CalibrationParticipant.session_id == CalibrationSession.id, or_(*who))
    )


def _above(below: Collection[int]) -> ColumnElement[bool]:
    """Hold for sessions all of whose units are among ``below``."""
    if not below:
        return false()
    elsewhere = select(CalibrationUnit.id).where(
        CalibrationUnit.session_id == CalibrationSession.id,
        CalibrationUnit.unit_id.not_in(below),
    )
    return ~exists(elsewhere)


def led_below(session: Session, actor: Actor) -> set[int]:
    """Return the units below those that the actor leads now, without those themselves."""
    if actor.person_id is None or not may(actor, "approve_calibration"):
        return set()
    led = set(
        session.scalars(
            select(Membership.unit_id).where(
                Membership.person_id == actor.person_id,
                Membership.role == "manager",
                is_member_now(actor),
            )
        )
    )
    parents = dict(session.execute(select(Unit.id, Unit.parent_id)).all()) if led else {}
    return {unit for unit in parents if led & _ancestors(parents, unit)}


def _ancestors(parents: dict[int, int | None], unit: int) -> set[int]:
    found: set[int] = set()
    above = parents[unit]
    while above is not None and above not in found:
        found.add(above)
        above = parents[above]
    return found


def _leads_above(session: Session, actor: Actor, sitting: CalibrationSession) -> bool:
    below = led_below(session, actor)
    return bool(below) and all(each.unit_id in below for each in sitting.units)


def _is_on_board(session: Session, actor: Actor, sitting: CalibrationSession) -> bool:
    own = (
        select(CalibrationCard.id)
        .join(CalibrationCard.review)
        .join(Person, Person.id == Review.person_id)
        .where(CalibrationCard.session_id == sitting.id, Review.person_id.in_(own_people(actor)))
    )
    return session.scalar(own.limit(1)) is not None


def _not_there() -> KaohengError:
    return refuse(
        "calibration.not_there",
        N_("There is no such calibration session, or nobody of that name on its board."),
        N_("It may not be yours to see. Start again from the list of sessions."),
        kind=Kind.MISSING,
    )


_LOADED = (
    joinedload(CalibrationSession.cycle)
    .joinedload(Cycle.policy_version)
    .joinedload(PolicyVersion.policy),
    selectinload(CalibrationSession.units).joinedload(CalibrationUnit.unit),
    selectinload(CalibrationSession.participants)
    .joinedload(CalibrationParticipant.account)
    .joinedload(Account.person),
    joinedload(CalibrationSession.closer),
)
