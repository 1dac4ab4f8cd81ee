"""Calibration sessions: people moved between grades with reasons, minutes, closing, approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calibration.arranging import leave_out, write_minutes
from workflows.calibration.closing import approve_calibration, close_calibration
from workflows.calibration.opening import Asked, open_calibration
from workflows.calibration.operations import move_card
from workflows.calibration.tables import CalibrationCard, CalibrationSession
from workflows.demo.calendar import Change
from workflows.demo.played.play import Play


@dataclass(frozen=True, slots=True)
class Sitting:
    """A session: its name, over which units, who takes part, and what is moved in it."""

    name: str
    units: tuple[str, ...]
    participants: tuple[str, ...]
    budget: Decimal
    changes: tuple[Change, ...]
    minutes: str = ""


def hold(play: Play, code: str, sitting: Sitting) -> None:
    """Open a session, and move the people whom it moves; it stays open."""
    with play.writing() as session:
        cycle, policy, _ = play.cycle(session, code)
        asked = Asked(sitting.units, sitting.participants, sitting.name, sitting.budget)
        held = open_calibration(session, play.who("hr"), play.now(), cycle, asked)
        for change in sitting.changes:
            card = _card(session, held, change)
            if card is not None:
                move_card(
                    session, play.who("director"), play.now(), card, policy, grade=change.to,
                    reason=change.reason,
                )  # fmt: skip
        if sitting.minutes:
            write_minutes(session, play.who("hr"), play.now(), held, sitting.minutes)


def exclude(play: Play, name: str, people: Sequence[str], reason: str) -> None:
    """Have HR take people off a session's board."""
    with play.writing() as session:
        held = _session(session, name)
        for card in _cards(session, held):
            if card.review.person.code in people:
                leave_out(session, play.who("hr"), play.now(), card, reason=reason)


def close(play: Play, name: str, reason: str) -> None:
    with play.writing() as session:
        close_calibration(
            session, play.who("hr"), play.now(), _session(session, name), reason=reason
        )


def approve(play: Play, name: str) -> None:
    """Have the director approve a closed session."""
    with play.writing() as session:
        held = _session(session, name)
        approve_calibration(session, play.who("director"), play.now(), held, seen=held.version)


def submit(play: Play, code: str) -> None:
    """Have the director hand in for approval everybody whose calibration is done."""
    with play.writing() as session:
        _, _, reviews = play.cycle(session, code)
        there = [each for each in reviews if each.stage == "calibration"]
        play.move(session, play.who("director"), there, "submit_result")


def _card(session: Session, held: CalibrationSession, change: Change) -> CalibrationCard | None:
    """Return the card of the best or else the weakest who has the grade that is changed."""
    cards = [each for each in _cards(session, held) if each.review.grade == change.grade]
    if not cards:
        return None
    pick = max if change.best else min
    return pick(cards, key=lambda card: (card.review.total or 0, card.review.person.code))


def _cards(session: Session, held: CalibrationSession) -> list[CalibrationCard]:
    query = select(CalibrationCard).where(CalibrationCard.session_id == held.id)
    found = session.scalars(query.order_by(CalibrationCard.id))
    return [card for card in found if card.left_out is None]


def _session(session: Session, name: str) -> CalibrationSession:
    query = select(CalibrationSession).where(CalibrationSession.name == name)
    return session.scalars(query).one()
