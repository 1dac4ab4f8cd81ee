"""What every change of a session as a whole has in common: its state, its reason, its entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.base.conditional import change_if
from workflows.base.states import state_named
from workflows.calibration.tables import CalibrationCard, CalibrationSession
from workflows.log.append import append
from workflows.log.leaf import Subject

LONGEST = 20_000


def advance(
    session: Session,
    sitting: CalibrationSession,
    states: tuple[str, ...],
    to: str,
    seen: int | None,
    changes: Mapping[str, Any],
) -> None:
    """Change a session that is in one of ``states`` and as it was ``seen``; else ``CONFLICT``."""
    asked = update(CalibrationSession).where(
        CalibrationSession.id == sitting.id, CalibrationSession.state.in_(states)
    )
    if seen is not None:
        asked = asked.where(CalibrationSession.version == seen)
    done = change_if(
        session, asked.values(state=to, version=CalibrationSession.version + 1, **changes)
    )
    session.refresh(sitting)
    if not done:
        raise refuse(
            "calibration.changed",
            N_("The session “{name}” has changed since you opened it: it is {state} now."),
            N_("Look at it as it is now, then decide again."),
            kind=Kind.CONFLICT,
            name=sitting.name,
            state=state_named("calibrations", sitting.state),
        )


def said(reason: str, message: str) -> str:
    """Return a reason that was given; refuse with ``message`` where there is none."""
    said = reason.strip()
    if not said or len(said) > LONGEST:
        raise refuse("calibration.why", message, N_("Say why, in a few words."))
    return said


def log(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    sitting: CalibrationSession,
    reason: str | None,
    **details: Any,
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("calibration", sitting.public_id),
        at=now,
        details=details,
        personal={"reason": reason} if reason else {},
    )


def log_card(
    session: Session,
    action: str,
    actor: Actor,
    now: datetime,
    card: CalibrationCard,
    personal: dict[str, str],
) -> None:
    append(
        session,
        action=action,
        actor=actor,
        subject=Subject("review", card.review.public_id),
        at=now,
        details={"session": card.sitting.public_id},
        personal=personal,
        person=card.review.person.public_id,
    )
