"""Whatever is moved, nothing that was measured changes; and some cannot be moved down."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from engine.errors import KaohengError
from tests.played import Played
from tests.workflows.calibration.conftest import GUIDE, Meeting, begun
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.calibration.board import board_of
from workflows.calibration.closing import close_calibration, reopen_calibration
from workflows.calibration.reaching import find_session
from workflows.calibration.tables import CalibrationCard, CalibrationMove
from workflows.org.tables import Membership, Person
from workflows.reviews.tables import GradeChange

PEOPLE = ("S11", "S12", "S21", "S22")
GRADES = ("S", "A", "B", "C", "D")


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(GRADES), st.booleans()), max_size=8)
)
def test_no_sequence_of_moves_changes_a_measured_number(
    meeting: Meeting, moves: list[tuple[str, str, bool]]
) -> None:
    if not meeting.key:
        meeting.open()
    before = meeting.measured()
    expected = {person: c or m for person, (m, c) in meeting.grades().items()}
    changes = _changes(meeting)
    for person, grade, by_hr in moves:
        refused = _refusal(meeting, meeting.hr if by_hr else meeting.manager, person, grade)
        same = expected[person] == grade
        assert refused == ("calibration.same_grade" if same else None)
        changes += not same
        expected[person] = grade
    if len(moves) % 2:
        meeting.do(partial(close_calibration, reason="例外"), meeting.hr)
        meeting.do(partial(reopen_calibration, reason="再议"), meeting.hr)
    assert meeting.measured() == before
    assert {person: c or m for person, (m, c) in meeting.grades().items()} == expected
    assert _changes(meeting) == changes


def _refusal(meeting: Meeting, actor: Actor, person: str, grade: str) -> str | None:
    try:
        meeting.move(actor, person, grade)
    except KaohengError as error:
        return error.faults[0].code
    return None


def _changes(meeting: Meeting) -> int:
    """Count the changes of grades; each is a move of the session, too."""
    with meeting.database.read() as session:
        counts = [
            session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in (GradeChange, CalibrationMove)
        ]
    assert counts[0] == counts[1]
    return counts[0] or 0


@pytest.mark.parametrize("why", ["protected", "newcomer"])
def test_the_protected_and_newcomers_are_not_moved_down(meeting: Meeting, why: str) -> None:
    meeting.open()
    person, own, better, worse = "S11", "B", "A", "C"
    with meeting.database.write() as session:
        card = _card(session, person)
        card.apart, card.review.grade = why, own
    assert _refusal(meeting, meeting.hr, person, worse) == "calibration.not_down"
    assert _refusal(meeting, meeting.hr, person, better) is None
    assert _refusal(meeting, meeting.hr, person, own) is None  # as measured is not down
    with meeting.database.read() as session:
        sitting = find_session(session, meeting.hr, meeting.key)
        (east,) = board_of(session, meeting.hr, sitting).compared
        assert set(east.group.people) == set(PEOPLE) - {person}


def _card(session: Session, person: str) -> CalibrationCard:
    asked = sa.select(CalibrationCard).where(
        CalibrationCard.review.has(person_id=_person(session, person))
    )
    return session.scalars(asked).one()


def _person(session: Session, code: str) -> int:
    return session.scalars(sa.select(Person.id).where(Person.code == code)).one()


def test_who_came_late_is_a_newcomer(game: Played) -> None:
    meeting = begun(game, GUIDE + "  least_days: 60\n")
    with meeting.database.write() as session:
        membership = sa.select(Membership).where(
            Membership.person_id == _person(session, "S22"), Membership.role == "member"
        )
        session.scalars(membership).one().valid_from = date(2017, 11, 20)
    meeting.open()
    with meeting.database.read() as session:
        sitting = find_session(session, meeting.hr, meeting.key)
        board = board_of(session, meeting.hr, sitting)
        assert {c.person.code: c.apart for c in board.cards if c.apart} == {"S22": "newcomer"}


def test_nobody_sees_their_own_card(meeting: Meeting) -> None:
    """The manager takes part, and is appraised in the same cycle."""
    meeting.open()
    manager = meeting.game.actors[Role.MANAGER]
    with meeting.database.write() as session:
        _card(session, "S12").review.person_id = manager.person_id
    with meeting.database.read() as session:
        sitting = find_session(session, manager, meeting.key)
        board, all_of_it = (
            board_of(session, manager, sitting),
            board_of(session, meeting.hr, sitting),
        )
        assert {card.person.code for card in board.cards} == {"S11", "S21", "S22"}
        assert len(all_of_it.cards) == 4
        (mine,), (whole,) = board.compared, all_of_it.compared
        assert sum(line.guide for line in mine.lines) == sum(line.guide for line in whole.lines)
        assert sum(line.now for line in mine.lines) == 3
    assert _refusal(meeting, manager, "M1", "S") == "calibration.not_there"
