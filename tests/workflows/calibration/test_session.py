"""A session from its opening to its approval: who may, what is refused, what is kept."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import CODE
from tests.workflows.calibration.conftest import Meeting
from tests.workflows.notices.telling import told
from workflows.access.actors import Actor, RoleHeld
from workflows.access.policy import Role
from workflows.accounts.tables import Account, AccountRole
from workflows.calibration.arranging import leave_out, put_back, set_terms, write_minutes
from workflows.calibration.board import Board, board_of
from workflows.calibration.closing import (
    approve_calibration,
    close_calibration,
    reopen_calibration,
)
from workflows.calibration.cost import cost_of
from workflows.calibration.minutes import minutes_of
from workflows.calibration.opening import Asked, open_calibration
from workflows.calibration.operations import calibrate_review
from workflows.calibration.reaching import find_session, may_see_pay, visible_sessions
from workflows.calibration.standing_out import standing_out
from workflows.calibration.tasks import calibration_tasks
from workflows.cycles.operations import find_cycle, policy_of
from workflows.log.tables import LogEntry
from workflows.org.tables import Unit
from workflows.reviews.reading import find_review
from workflows.reviews.requirements import missing
from workflows.reviews.tables import GradeChange


def refused(kind: Kind, code: str) -> pytest.RaisesExc[KaohengError]:
    return pytest.RaisesExc(
        KaohengError, check=lambda e: (e.kind, e.faults[0].code) == (kind, code)
    )


def board(meeting: Meeting, actor: Actor) -> Board:
    with meeting.database.read() as session:
        found = board_of(session, actor, find_session(session, actor, meeting.key))
        assert found.sitting.cycle.code == CODE  # loaded, to be read after the session
        return found


def test_from_opening_to_approval(meeting: Meeting) -> None:
    before = meeting.measured()
    meeting.open(budget=Decimal(30_000))
    start = {person: measured for person, (measured, _) in meeting.grades().items()}
    moved_to = {"S11": "S", "S21": "B"}
    assert {start["S11"], start["S21"]}.isdisjoint(moved_to.values()), start
    meeting.move(meeting.manager, "S11", "S", "拿下战略客户")
    meeting.move(meeting.hr, "S21", "B", "与同组持平")
    meeting.do(partial(write_minutes, text="三人到会。"), meeting.manager)
    with refused(Kind.INVALID, "calibration.exceeded"):
        meeting.do(close_calibration, meeting.hr)
    meeting.do(partial(close_calibration, reason="战略客户"), meeting.hr)
    with refused(Kind.CONFLICT, "calibration.closed"):
        meeting.move(meeting.hr, "S22", "S")
    with refused(Kind.DENIED, "access.denied"):
        meeting.do(partial(approve_calibration, seen=None), meeting.hr)
    meeting.do(partial(approve_calibration, seen=None), meeting.director)
    with meeting.database.read() as session:
        minutes = minutes_of(session, meeting.hr, find_session(session, meeting.hr, meeting.key))
        assert [(m.person.code, m.before, m.after, m.reason) for m in minutes.moves] == [
            ("S11", start["S11"], "S", "拿下战略客户"),
            ("S21", start["S21"], "B", "与同组持平"),
        ]
        assert [m.by.username for m in minutes.moves if m.by] == ["manager-M1", "hr-nobody"]
        assert [event.deed for event in minutes.events] == ["opened", "closed", "approved"]
        assert minutes.sitting.exceeded_reason == "战略客户"
        actions = session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)).all()[-6:]
    assert actions == [
        "open_calibration",
        "calibrate_review",
        "calibrate_review",
        "write_minutes",
        "close_calibration",
        "approve_calibration",
    ]
    assert meeting.measured() == before
    assert {p: c for p, (_, c) in meeting.grades().items() if c} == moved_to


def test_a_move_says_why_and_is_made_on_what_was_seen(meeting: Meeting) -> None:
    meeting.open()
    seen = next(card.review.version for card in board(meeting, meeting.hr).cards)
    with refused(Kind.INVALID, "calibration.reason_needed"):
        meeting.move(meeting.hr, "S11", "S", "  ")
    with refused(Kind.INVALID, "calibration.unknown_grade"):
        meeting.move(meeting.hr, "S11", "E")
    meeting.move(meeting.hr, "S11", "S", seen=seen)
    with refused(Kind.CONFLICT, "reviews.changed_meanwhile"):
        meeting.move(meeting.manager, "S11", "A", seen=seen)
    with refused(Kind.INVALID, "calibration.same_grade"):
        meeting.move(meeting.manager, "S11", "S")
    with meeting.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(GradeChange)) == 1


def test_a_single_change_goes_through_the_session(meeting: Meeting) -> None:
    meeting.open()

    def calibrate(person: str, grade: str) -> None:
        with meeting.database.write() as session:
            cycle = find_cycle(session, CODE)
            review = find_review(session, cycle, person)
            calibrate_review(
                session, meeting.hr, NOW, review, policy_of(cycle), grade=grade, reason="补"
            )

    calibrate("S11", "S")
    calibrate("S31", "S")  # in the west, where there is no session
    with meeting.database.read() as session:
        sitting = find_session(session, meeting.hr, meeting.key)
        moves = minutes_of(session, meeting.hr, sitting).moves
        assert [move.person.code for move in moves] == ["S11"]
    meeting.do(partial(close_calibration, reason="例外"), meeting.hr)
    with refused(Kind.CONFLICT, "calibration.closed"):
        calibrate("S11", "A")


def test_reopening_needs_a_reason_and_somebody_in_calibration(meeting: Meeting) -> None:
    meeting.open()
    meeting.do(partial(close_calibration, reason="例外"), meeting.hr)
    with refused(Kind.INVALID, "calibration.why"):
        meeting.do(partial(reopen_calibration, reason=""), meeting.director)
    meeting.do(partial(reopen_calibration, reason="漏议两人"), meeting.director)
    meeting.move(meeting.hr, "S11", "S")
    meeting.do(partial(close_calibration, reason="例外"), meeting.hr)
    meeting.do(partial(approve_calibration, seen=None), meeting.director)
    meeting.game.move("submit_result", "S11", "S12", "S21", "S22")
    with refused(Kind.CONFLICT, "calibration.moved_on"):
        meeting.do(partial(reopen_calibration, reason="再议"), meeting.hr)


def test_what_was_decided_on_must_be_what_is_there(meeting: Meeting) -> None:
    meeting.open()
    seen = board(meeting, meeting.hr).sitting.version
    meeting.move(meeting.manager, "S11", "S")
    with refused(Kind.CONFLICT, "calibration.changed"):
        meeting.do(partial(close_calibration, reason="例外", seen=seen), meeting.hr)
    meeting.do(partial(write_minutes, text="甲"), meeting.manager)
    with refused(Kind.CONFLICT, "calibration.minutes_changed"):
        meeting.do(partial(write_minutes, text="乙", was="00"), meeting.hr)


def test_a_review_is_on_one_board(meeting: Meeting) -> None:
    meeting.open("east-1")
    with refused(Kind.CONFLICT, "calibration.on_another_board"):
        meeting.open("east")
    first = meeting.key
    for person in ("S11", "S12"):
        meeting.on_card(partial(leave_out, reason="并入大区会议"), meeting.hr, person)
    meeting.open("east")
    meeting.key = first
    with refused(Kind.CONFLICT, "calibration.elsewhere"):
        meeting.on_card(put_back, meeting.hr, "S11")
    with refused(Kind.CONFLICT, "calibration.left_out"):
        meeting.move(meeting.hr, "S11", "S")


def test_who_sees_a_session(meeting: Meeting) -> None:
    """HR and the director, who was asked, and who leads the unit above: nobody else."""
    meeting.open("east-2")
    roles = meeting.game.actors
    with meeting.database.read() as session:
        seen = {
            role.value: len(session.scalars(visible_sessions(session, actor)).all())
            for role, actor in roles.items()
        }
        assert seen == {
            "hr": 1,
            "finance": 0,
            "manager": 1,
            "salesperson": 0,
            "sales_director": 1,
        }
        sitting = find_session(session, meeting.hr, meeting.key)
        pay = {role.value: may_see_pay(session, actor, sitting) for role, actor in roles.items()}
        # The manager of the first team was asked to the meeting about the second.
        assert (pay["manager"], pay["hr"], pay["sales_director"]) == (False, True, True)
    none = partial(set_terms, budget=None, participants=[])
    meeting.do(none, meeting.hr)
    with refused(Kind.MISSING, "calibration.not_there"):
        meeting.move(meeting.manager, "S21", "S")


def test_hr_of_a_region_holds_sessions_of_that_region_alone(meeting: Meeting) -> None:
    with meeting.database.write() as session:
        east = session.scalars(sa.select(Unit.id).where(Unit.code == "east")).one()
        row = Account(
            public_id="hr-east",
            username="hr-east",
            password="-",
            active=True,
            fs_uniquifier="hr-east",
            created_at=NOW,
            roles=[AccountRole(role=Role.HR_REGION.value, unit_id=east)],
        )
        session.add(row)
        session.flush()
        region = Actor("hr-east", (RoleHeld(Role.HR_REGION, east),), row.id)

    def opened(*codes: str) -> str:
        with meeting.database.write() as session:
            cycle = find_cycle(session, CODE)
            return open_calibration(session, region, NOW, cycle, Asked(units=codes)).public_id

    for elsewhere in (("west",), ("east-1", "west-1"), ("company",)):
        with pytest.raises(KaohengError, check=lambda error: error.kind is Kind.DENIED):
            opened(*elsewhere)
    meeting.open("west")
    with refused(Kind.MISSING, "calibration.not_there"):
        meeting.do(partial(set_terms, budget=None, participants=[]), region)
    meeting.key = opened("east-1", "east-2")
    meeting.move(region, "S21", "S")
    meeting.on_card(leave_out, region, "S11", reason="新人")
    with meeting.database.read() as session:
        assert [task.link for task in calibration_tasks(session, region, NOW)] == [
            f"/calibrations/{meeting.key}"
        ]
    meeting.do(partial(close_calibration, reason="按区内情况"), region)
    with refused(Kind.DENIED, "access.denied"):
        meeting.do(partial(approve_calibration, seen=None), region)


def test_what_waits_for_whom(meeting: Meeting) -> None:
    meeting.open()

    def waiting() -> dict[str, list[str]]:
        with meeting.database.read() as session:
            return {
                role.value: [task.message for task in calibration_tasks(session, actor, NOW)]
                for role, actor in meeting.game.actors.items()
            }

    found = waiting()
    assert [len(found[role]) for role in ("hr", "manager", "sales_director")] == [1, 1, 0]
    meeting.do(partial(close_calibration, reason="例外"), meeting.hr)
    found = waiting()
    assert [len(found[role]) for role in ("hr", "manager", "sales_director")] == [0, 0, 1]
    with meeting.database.read() as session:
        assert told(session, "/opened") == ["M1"]
        assert told(session, "/closed") == ["sales_director-nobody"]


def test_the_requirement_is_met_by_an_approval_or_by_being_left_out(meeting: Meeting) -> None:
    def faults(person: str) -> list[str]:
        with meeting.database.read() as session:
            cycle = find_cycle(session, CODE)
            review = find_review(session, cycle, person)
            return [f.code for f in missing(session, review, policy_of(cycle), ["calibrated"])]

    assert faults("S11") == ["calibration.no_session"]
    meeting.open()
    assert faults("S11") == ["calibration.not_approved"]
    meeting.on_card(partial(leave_out, reason="入职未满一季"), meeting.hr, "S11")
    assert faults("S11") == []
    meeting.do(partial(close_calibration, reason="例外"), meeting.hr)
    assert faults("S12") == ["calibration.not_approved"]
    meeting.do(partial(approve_calibration, seen=None), meeting.director)
    assert faults("S12") == []


def test_what_it_costs_follows_the_grades(meeting: Meeting) -> None:
    meeting.open(budget=Decimal(1))

    def cost() -> tuple[Decimal, Decimal, Decimal]:
        with meeting.database.read() as session:
            found = cost_of(session, find_session(session, meeting.hr, meeting.key))
            assert sum(found.by_grade.values()) == found.after
            assert found.left is not None
            return found.before, found.after, found.left

    before, after, left = cost()
    assert before == after
    assert left == 1 - after
    meeting.move(meeting.hr, "S22", "S")
    moved = cost()
    assert moved[0] == before
    assert moved[1] > before
    meeting.move(meeting.hr, "S22", meeting.grades()["S22"][0] or "")
    assert cost() == (before, after, left)


def test_what_stands_out(meeting: Meeting) -> None:
    meeting.open()
    cards = {card.person.code: card for card in board(meeting, meeting.hr).cards}
    order = sorted(cards, key=lambda code: cards[code].total or 0)
    lowest, highest = order[0], order[-1]
    assert cards[lowest].grade != "S"
    meeting.move(meeting.hr, lowest, "S")
    found = standing_out(board(meeting, meeting.hr))
    assert [card.person.code for card in found.most] == [lowest]
    assert [card.person.code for card in found.far] == [lowest]
    (turned,) = found.inversions
    assert turned.card.person.code == lowest
    assert highest in {card.person.code for card in turned.others}
    people = {each.manager.code: each.people for each in found.leniency if each.manager}
    assert people == {"M1": 2, "M2": 2}
    assert sum(each.steps for each in found.leniency) == found.most[0].steps > 1


def test_opening_is_refused_with_what_is_wrong(meeting: Meeting) -> None:
    with refused(Kind.INVALID, "calibration.units"):
        meeting.open("nowhere")
    with refused(Kind.INVALID, "calibration.budget"):
        meeting.open(budget=Decimal(-1))
    with refused(Kind.CONFLICT, "calibration.not_locked"):
        meeting.game.move("submit_result")
        meeting.game.approve()
        meeting.open()
