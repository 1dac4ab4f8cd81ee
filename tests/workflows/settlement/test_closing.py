"""Closing review by review: who waits holds up nobody else, and every seal stays readable."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.workflows.settlement.settling import CODE, PEOPLE, Settling
from workflows.calibration.operations import calibrate_review
from workflows.closing.holding import hold_review
from workflows.closing.pending import pending_of
from workflows.closing.reopening import decide_reopening, find_reopening, propose_reopening
from workflows.closing.sealed import seals_of
from workflows.closing.tables import ReviewSeal
from workflows.cycles.operations import find_cycle, policy_of
from workflows.cycles.tables import Evaluation, Rerun, Seal
from workflows.log.tables import LogEntry


def refused(kind: Kind, code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError, check=lambda error: (error.kind, error.faults[0].code) == (kind, code)
    )


def sealed(world: Settling, person: str) -> list[ReviewSeal]:
    with world.game.database.read() as session:
        return seals_of(session, world.review(session, person))


def pending(world: Settling) -> dict[str, list[str]]:
    with world.game.database.read() as session:
        cycle = find_cycle(session, CODE)
        found = pending_of(session, cycle, NOW)
        return {
            person: [each.code for each in found[world.review(session, person).id]]
            for person in PEOPLE
            if world.review(session, person).id in found
        }


def test_each_review_is_sealed_when_it_comes_to_the_end_and_the_cycle_with_the_last(
    world: Settling,
) -> None:
    world.up_to_feedback()
    world.move("confirm", *PEOPLE[:-1])
    assert [seal.number for seal in sealed(world, "S11")] == [1]
    assert sealed(world, PEOPLE[-1]) == []
    assert world.state() == "approved"
    world.move("confirm", PEOPLE[-1])
    assert world.state() == "sealed"
    assert world.replay() == []
    assert world.close().seal is not None  # again: nothing more happens
    with world.game.database.read() as session:
        actions = list(session.scalars(sa.select(LogEntry.action)))
        assert actions.count("seal_review") == len(PEOPLE)
        assert actions.count("close_cycle") == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(Seal)) == 1


def test_what_is_pending_holds_up_that_person_alone(world: Settling) -> None:
    world.up_to_feedback()
    world.appeal("S12")
    world.hold("S21")
    world.move("confirm", *(each for each in PEOPLE if each != "S33"))
    assert pending(world) == {"S12": ["appeal"], "S21": ["held"], "S33": ["stage"]}
    done = world.close()
    assert done.seal is None
    assert {review.person.code for review, _ in done.waiting} == {"S12", "S21", "S33"}
    world.release("S21")
    assert pending(world) == {"S12": ["appeal"], "S33": ["stage"]}
    assert world.close().sealed == ()
    assert world.state() == "approved"


def test_a_seal_of_one_is_of_their_own_lines(world: Settling) -> None:
    world.up_to_feedback()
    world.move("confirm", "S11", "S12")
    with world.game.database.write() as session:
        final = session.scalars(sa.select(Evaluation).where(Evaluation.stage == "final")).one()
        assert b"60000" in final.inputs
        final.inputs = final.inputs.replace(b'"30000"', b'"30001"')
    torn = {(each.person, each.part) for each in world.replay()}
    assert ("S12", "inputs") in torn
    assert ("S11", "inputs") not in torn
    assert ("S11", "grants") in torn  # the pool of their team was shared by both


def test_whoever_is_held_back_is_approved_later_and_the_rest_is_posted(world: Settling) -> None:
    world.up_to_approval()
    world.hold("S12")
    with refused(Kind.CONFLICT, "closing.held_already"):
        world.hold("S12")
    world.approve()
    assert set(world.net()) == set(PEOPLE) - {"S12"}
    assert world.net() == world.granted(set(PEOPLE) - {"S12"})  # the pool had both in it
    world.move("confirm", *(each for each in PEOPLE if each != "S12"))
    with refused(Kind.CONFLICT, "closing.nobody_late"):
        world.approve_late()
    world.release("S12")
    world.move("back", "S12", reason="等级重议")
    with world.game.database.write() as session:
        review = world.review(session, "S12")
        policy = policy_of(review.cycle)
        calibrate_review(session, world.hr, NOW, review, policy, grade="A", reason="带教")
    world.move("submit", "S12")
    assert world.approve_late().people == ("S12",)
    assert world.net() == world.granted()
    with world.game.database.read() as session:
        assert session.scalars(sa.select(Rerun.cause)).all() == ["late"]
    world.move("confirm", "S12")
    assert world.state() == "sealed"
    assert world.replay() == []


def test_an_approval_leaves_nobody_out_who_is_not_held(world: Settling) -> None:
    world.up_to_approval()
    world.move("back", "S12", reason="等级重议")
    with refused(Kind.CONFLICT, "reviews.not_there_yet"):
        world.approve()
    world.hold("S12")
    world.approve()
    assert world.state() == "approved"


def test_with_everybody_held_there_is_nothing_to_approve(world: Settling) -> None:
    world.up_to_approval()
    for person in PEOPLE:
        world.hold(person)
    with refused(Kind.CONFLICT, "cycles.all_held"):
        world.approve()


def test_a_review_is_opened_again_by_two_and_keeps_its_first_seal(world: Settling) -> None:
    world.up_to_feedback()
    with world.game.database.write() as session, refused(Kind.CONFLICT, "closing.not_sealed"):
        review = world.review(session, "S11")
        propose_reopening(session, world.hr, NOW, review, reason="漏了一单")
    world.move("confirm")
    first = sealed(world, "S11")[0]
    assert world.state() == "sealed"
    world.reopen("S11")
    assert world.state() == "approved"
    assert pending(world) == {"S11": ["stage"]}
    world.move("confirm", "S11")
    assert world.state() == "sealed"
    again = sealed(world, "S11")
    assert [seal.number for seal in again] == [1, 2]
    assert again[0].digests == first.digests
    assert again[0].checkpoint == first.checkpoint != again[1].checkpoint
    assert world.replay() == []


def test_nobody_decides_on_a_reopening_of_their_own(world: Settling) -> None:
    world.up_to_feedback()
    world.move("confirm")
    with world.game.database.write() as session:
        review = world.review(session, "S11")
        propose_reopening(session, world.hr, NOW, review, reason="漏了一单")
        with refused(Kind.CONFLICT, "closing.reopening_waits"):
            propose_reopening(session, world.hr, NOW, review, reason="又一次")
        waiting = find_reopening(session, world.finance, review)
        with refused(Kind.DENIED, "access.denied"):
            decide_reopening(session, world.hr, NOW, waiting, approve=True, reason="同意")
        with refused(Kind.INVALID, "closing.reopening_reason_needed"):
            decide_reopening(session, world.finance, NOW, waiting, approve=True, reason=" ")
        decide_reopening(session, world.finance, NOW, waiting, approve=False, reason="无依据")
        with refused(Kind.CONFLICT, "closing.reopening_decided"):
            decide_reopening(session, world.finance, NOW, waiting, approve=True, reason="改主意")
    assert world.state() == "sealed"


def test_holding_needs_a_reason_and_its_role(world: Settling) -> None:
    world.up_to_approval()
    with world.game.database.write() as session:
        review = world.review(session, "S11")
        with refused(Kind.INVALID, "closing.reason_needed"):
            hold_review(session, world.hr, NOW, review, reason=" ")
        with refused(Kind.DENIED, "access.denied"):
            hold_review(session, world.finance, NOW, review, reason="争议")
