"""What HR and the participants arrange of a session: who is left out, budget, minutes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.errors import N_, Kind, refuse
from workflows.access.actors import Actor
from workflows.base.conditional import change_if
from workflows.calibration.advancing import LONGEST, advance, log, log_card, said
from workflows.calibration.opening import cards_on_boards, eligible_accounts, require_budget
from workflows.calibration.operations import take_turn
from workflows.calibration.reaching import require_holder, require_part
from workflows.calibration.tables import (
    CalibrationCard,
    CalibrationParticipant,
    CalibrationSession,
)
from workflows.rulebook.operations import sha256


def leave_out(
    session: Session, actor: Actor, now: datetime, card: CalibrationCard, *, reason: str
) -> None:
    """Take somebody off the board of an open session, with a reason: they need no calibration."""
    require_holder(session, actor, card.sitting)
    why = said(reason, N_("Leaving somebody out needs a reason."))
    take_turn(session, card.sitting)
    card.left_out = why
    log_card(session, "leave_out_of_calibration", actor, now, card, {"reason": why})


def put_back(session: Session, actor: Actor, now: datetime, card: CalibrationCard) -> None:
    """Put somebody who was left out back on the board; ``CONFLICT`` if they are on another."""
    require_holder(session, actor, card.sitting)
    if any(other.id != card.id for other in cards_on_boards(session, [card.review_id])):
        raise refuse(
            "calibration.elsewhere",
            N_("{person} is on another board by now."),
            N_("Leave them out there first."),
            kind=Kind.CONFLICT,
            person=card.review.person.code,
        )
    take_turn(session, card.sitting)
    card.left_out = None
    log_card(session, "put_back_into_calibration", actor, now, card, {})


def set_terms(
    session: Session,
    actor: Actor,
    now: datetime,
    sitting: CalibrationSession,
    *,
    budget: Decimal | None,
    participants: list[str],
    seen: int | None = None,
) -> None:
    """Change the budget of an open session, and who takes part in it."""
    require_holder(session, actor, sitting)
    require_budget(budget)
    accounts = eligible_accounts(session, participants)
    wanted = {account.id for account in accounts}
    advance(session, sitting, ("open",), "open", seen, {"budget": budget})
    for each in list(sitting.participants):
        if each.account_id not in wanted:
            session.delete(each)
    there = {each.account_id for each in sitting.participants}
    for account in accounts:
        if account.id not in there:
            session.add(CalibrationParticipant(session_id=sitting.id, account_id=account.id))
    session.flush()
    session.refresh(sitting)
    asked = [account.public_id for account in accounts]
    log(session, "set_calibration_terms", actor, now, sitting, None, participants=asked)


def write_minutes(
    session: Session,
    actor: Actor,
    now: datetime,
    sitting: CalibrationSession,
    text: str,
    *,
    was: str | None = None,
) -> None:
    """Keep the minutes of a session that is not approved yet, by somebody who takes part in it.

    ``was`` is the SHA-256 of the text that the actor began from: ``CONFLICT`` where somebody
    wrote meanwhile.
    """
    require_part(actor, sitting)
    given, before = text.strip(), sitting.minutes
    if len(given) > LONGEST:
        raise refuse(
            "calibration.minutes_length",
            N_("The minutes are longer than {most} characters."),
            N_("Shorten them."),
            most=LONGEST,
        )
    kept = was in (None, sha256(before)) and change_if(
        session,
        update(CalibrationSession)
        .where(
            CalibrationSession.id == sitting.id,
            CalibrationSession.state != "done",
            CalibrationSession.minutes == before,
        )
        .values(minutes=given),
    )
    session.refresh(sitting)
    if not kept:
        raise refuse(
            "calibration.minutes_changed",
            N_("Somebody else wrote the minutes of “{name}” meanwhile, or they are approved."),
            N_("What you typed is below: put it together with what is there now."),
            kind=Kind.CONFLICT,
            name=sitting.name,
        )
    log(session, "write_minutes", actor, now, sitting, None, text_sha256=sha256(given))
