"""Closing a session, approving it, opening it again; its minutes, budget and who is left out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from engine.stages import stages_for
from workflows.access.actors import Actor
from workflows.access.decide import allow, denied
from workflows.access.policy import Role
from workflows.accounts.holders import holders_of
from workflows.accounts.tables import Account
from workflows.calibration.advancing import advance, log, said
from workflows.calibration.board import whole_board
from workflows.calibration.reaching import holds, may_approve, require_holder
from workflows.calibration.tables import (
    CalibrationCard,
    CalibrationEvent,
    CalibrationSession,
)
from workflows.cycles.operations import policy_of
from workflows.notices.operations import notify
from workflows.reviews.tables import Review

LONGEST = 20_000


def close_calibration(
    session: Session,
    actor: Actor,
    now: datetime,
    sitting: CalibrationSession,
    *,
    reason: str = "",
    seen: int | None = None,
) -> None:
    """Close an open session: its grades stand until it is reopened.

    ``reason`` says why the guidance is exceeded; it is needed where it is, and never a bar to
    anybody's grade. Raises ``KaohengError``: ``CONFLICT`` where it is not open or has changed
    since ``seen``, ``INVALID`` without the reason.
    """
    require_holder(session, actor, sitting)
    exceeded = whole_board(session, sitting).exceeded
    if exceeded and not reason.strip():
        raise refuse(
            "calibration.exceeded",
            N_("The guidance is exceeded in {count} groups; closing needs the reason for it."),
            N_("Say why the grades are right as they are, or move people first."),
            count=len(exceeded),
        )
    why = reason.strip() if exceeded else None
    changes = {
        "closed_at": now,
        "closer_id": actor.account_id,
        "exceeded_reason": why,
    }
    advance(session, sitting, ("open",), "closed", seen, changes)
    _happened(session, actor, now, sitting, "closed", why)
    _tell_directors(session, now, sitting)
    log(session, "close_calibration", actor, now, sitting, why, exceeded=len(exceeded))


def approve_calibration(
    session: Session, actor: Actor, now: datetime, sitting: CalibrationSession, *, seen: int | None
) -> None:
    """Approve a closed session, as the next level up or the sales director.

    Raises ``KaohengError``: ``DENIED`` for anybody else, for who closed it and for somebody on
    its board; ``CONFLICT`` where it is not closed or has changed since ``seen``.
    """
    if not may_approve(session, actor, sitting):
        raise denied("approve_calibration")
    advance(session, sitting, ("closed",), "done", seen, {})
    _happened(session, actor, now, sitting, "approved", None)
    _tell_participants(
        session, now, sitting, "approved", N_("The calibration session “{name}” is approved.")
    )
    log(session, "approve_calibration", actor, now, sitting, None)


def reopen_calibration(
    session: Session,
    actor: Actor,
    now: datetime,
    sitting: CalibrationSession,
    *,
    reason: str,
    seen: int | None = None,
) -> None:
    """Open a closed or approved session again, with a reason: HR, or whoever approves it.

    Raises ``KaohengError``: ``CONFLICT`` where it is open already, or nobody on its board is in
    calibration any more.
    """
    allow(actor, "see_calibration")
    if not (holds(session, actor, sitting) or may_approve(session, actor, sitting)):
        raise denied("hold_calibration")
    why = said(reason, N_("Opening a session again needs a reason."))
    _require_somebody_there(session, sitting)
    nothing = {"closed_at": None, "closer_id": None, "exceeded_reason": None}
    advance(session, sitting, ("closed", "done"), "open", seen, nothing)
    _happened(session, actor, now, sitting, "reopened", why)
    _tell_participants(
        session, now, sitting, "reopened", N_("The calibration session “{name}” is open again.")
    )
    log(session, "reopen_calibration", actor, now, sitting, why)


def _require_somebody_there(session: Session, sitting: CalibrationSession) -> None:
    there = (
        select(CalibrationCard.id)
        .join(CalibrationCard.review)
        .where(
            CalibrationCard.session_id == sitting.id,
            Review.stage.in_(stages_for(policy_of(sitting.cycle), "calibration")),
        )
    )
    if session.scalar(there.limit(1)) is None:
        raise refuse(
            "calibration.moved_on",
            N_("Nobody of “{name}” is in calibration any more."),
            N_("Send their reviews back to calibration first."),
            kind=Kind.CONFLICT,
            name=sitting.name,
        )


def _happened(
    session: Session,
    actor: Actor,
    now: datetime,
    sitting: CalibrationSession,
    deed: str,
    reason: str | None,
) -> None:
    session.add(
        CalibrationEvent(
            session_id=sitting.id,
            deed=deed,
            actor_id=actor.account_id,
            reason=reason,
            happened_at=now,
        )
    )


def _tell_participants(
    session: Session, now: datetime, sitting: CalibrationSession, deed: str, message: str
) -> None:
    for each in sitting.participants:
        _tell(session, now, sitting, each.account, deed, message)


def _tell_directors(session: Session, now: datetime, sitting: CalibrationSession) -> None:
    message = N_("The calibration session “{name}” is closed and waits for approval.")
    for director in holders_of(session, [Role.SALES_DIRECTOR]):
        _tell(session, now, sitting, director, "closed", message)


def _tell(
    session: Session,
    now: datetime,
    sitting: CalibrationSession,
    to: Account,
    deed: str,
    message: str,
) -> None:
    key = f"calibration/{sitting.public_id}/{deed}/{sitting.version}"
    link = f"/calibrations/{sitting.public_id}"
    notify(session, now, to, key, message, link=link, name=sitting.name)
