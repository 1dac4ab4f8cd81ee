"""What the minutes of a session are made of: who was there, every move, what was guided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from workflows.access.actors import Actor
from workflows.accounts.tables import Account
from workflows.calibration.board import Board, board_of
from workflows.calibration.reaching import own_people
from workflows.calibration.standing_out import StandingOut, standing_out
from workflows.calibration.tables import CalibrationEvent, CalibrationMove, CalibrationSession
from workflows.org.tables import Person
from workflows.reviews.tables import GradeChange, Review


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the session: who was moved from which grade to which, why, by whom and when."""

    person: Person
    before: str | None
    after: str
    reason: str
    by: Account | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Minutes:
    """Everything that the minutes say, without pay; nobody's own moves are told to them."""

    board: Board
    moves: tuple[Move, ...]
    events: Sequence[CalibrationEvent]
    outlook: StandingOut

    @property
    def sitting(self) -> CalibrationSession:
        return self.board.sitting


def minutes_of(session: Session, actor: Actor, sitting: CalibrationSession) -> Minutes:
    """Return the minutes of a session that the actor may see."""
    board = board_of(session, actor, sitting)
    events = session.scalars(
        select(CalibrationEvent)
        .where(CalibrationEvent.session_id == sitting.id)
        .options(joinedload(CalibrationEvent.account).joinedload(Account.person))
        .order_by(CalibrationEvent.id)
    ).all()
    return Minutes(board, tuple(moves_of(session, actor, sitting)), events, standing_out(board))


def moves_of(session: Session, actor: Actor, sitting: CalibrationSession) -> list[Move]:
    """Return the moves of a session in their order, without those of the actor's own card."""
    rows = session.execute(
        select(GradeChange, Person, Account)
        .join(CalibrationMove, CalibrationMove.change_id == GradeChange.id)
        .join(Review, Review.id == GradeChange.review_id)
        .join(Person, Person.id == Review.person_id)
        .outerjoin(Account, Account.id == GradeChange.actor_id)
        .options(joinedload(Account.person))
        .where(
            CalibrationMove.session_id == sitting.id,
            Person.id.not_in(own_people(actor)),
        )
        .order_by(GradeChange.id)
    )
    return [
        Move(person, change.grade_before, change.grade_after, change.reason, by, change.changed_at)
        for change, person, by in rows.unique()
    ]
