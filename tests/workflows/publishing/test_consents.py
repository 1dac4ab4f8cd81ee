"""What reaches into a begun period: what it takes from whom, and their consent to it."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import CODE, POLICY, Played
from tests.workflows.publishing.conftest import LESS, MORE, Changes, Life, refused
from workflows.cycles.operations import find_cycle, open_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.log.tables import LogEntry
from workflows.publishing.consents import answer_consent, consents_of, find_consent
from workflows.publishing.moving import (
    carry_out_cycle_move,
    drop_cycle_move,
    prepare_cycle_move,
    prepared_move,
)
from workflows.publishing.reading import open_submission
from workflows.publishing.tables import Consent, CycleMove
from workflows.reviews.of_cycle import reviews_of
from workflows.rulebook.reading import version_to_read
from workflows.rulebook.tables import Publication
from workflows.simulation.effect import effect_of
from workflows.targets.tables import Target

Q4, MAY, NOVEMBER = date(2017, 10, 1), date(2017, 5, 15), date(2017, 11, 30)


def asked(life: Life) -> dict[str, str | None]:
    with life.game.database.read() as session:
        found = consents_of(session, open_submission(session, POLICY))
        return {each.person.code: each.answer for each in found}


def late(life: Life, changes: Changes) -> None:
    """Hand changes in for the quarter that has begun."""
    life.write(changes)
    life.submit(Q4, NOVEMBER, is_retroactive=True)
    life.approve()


def test_those_who_lose_are_asked_and_hold_it_up(life: Life) -> None:
    late(life, LESS)
    people = asked(life)
    assert people, "whoever has deals has a commission to lose"
    with pytest.raises(KaohengError) as caught:
        life.publish(NOVEMBER)
    assert {fault.params["person"] for fault in caught.value.faults} == set(people)
    first, *others = sorted(people)
    with refused(Kind.INVALID, "publishing.decline_reason"):
        life.answer(first, "declined")
    life.answer(first, "declined", "没有事先说明")
    for each in others:
        life.answer(each, "given")
    with refused(Kind.CONFLICT, "publishing.consent_declined"):
        life.publish(NOVEMBER)
    life.withdraw()
    life.submit(Q4, NOVEMBER, is_retroactive=True)
    life.approve()
    assert set(asked(life).values()) == {None}, "a consent is to one submission"
    for each in people:
        life.answer(each, "given")
    life.publish(NOVEMBER)
    with life.game.database.read() as session:
        newest = session.scalars(
            sa.select(Publication).order_by(Publication.id.desc()).limit(1)
        ).one()
        assert (newest.effective_on, newest.is_retroactive) == (Q4, True)
        logged = session.scalars(
            sa.select(LogEntry.leaf).where(LogEntry.action == "answer_consent")
        )
        assert all("没有事先说明".encode() not in leaf for leaf in logged), "the reason is personal"


def test_it_is_the_money_that_they_would_have_had(life: Life) -> None:
    late(life, LESS)
    with life.game.database.read() as session:
        consents = consents_of(session, open_submission(session, POLICY))
        shown = {
            each.person.code: (each.money_before, each.money_after, each.grade_before)
            for each in consents
        }
    life.withdraw()
    life.game.open()
    with life.game.database.read() as session:
        cycle = find_cycle(session, CODE)
        found = effect_of(session, cycle, policy_of(cycle), policy_of(cycle))
        given = {each.person: each.before for each in found.people}
    for person, (before, after, grade) in shown.items():
        assert (before, grade) == (given[person].money, given[person].grade), person
        assert after is not None
        assert before is not None
        assert after < before


def test_nobody_is_asked_who_does_not_lose(life: Life) -> None:
    late(life, MORE)
    assert asked(life) == {}
    life.publish(NOVEMBER)


def test_an_open_cycle_keeps_its_version_and_its_people_are_not_asked(life: Life) -> None:
    life.game.open()
    late(life, LESS)
    assert asked(life) == {}
    life.publish(NOVEMBER)
    with life.game.database.read() as session:
        assert find_cycle(session, CODE).policy_version.seq == 1


def test_a_consent_is_ones_own_and_answered_once(life: Life) -> None:
    late(life, LESS)
    first, second, *_ = sorted(asked(life))
    with life.game.database.read() as session:
        consent = session.scalars(sa.select(Consent).where(Consent.person.has(code=first))).one()
    with refused(Kind.DENIED, "access.denied"), life.game.database.write() as session:
        mine = session.get_one(Consent, consent.id)
        answer_consent(session, life.person(second), NOW, mine, answer="given")
    with refused(Kind.MISSING, "publishing.no_consent"), life.game.database.read() as session:
        find_consent(session, life.person(second), consent.id)
    life.answer(first, "given")
    with refused(Kind.CONFLICT, "publishing.answered"), life.game.database.write() as session:
        mine = find_consent(session, life.person(first), consent.id)
        answer_consent(session, life.person(first), NOW, mine, answer="declined", reason="…")


# Moving a running cycle.


def prepare(life: Life, seq: int = 2) -> CycleMove:
    with life.game.database.write() as session:
        to = version_to_read(session, POLICY, seq, on=MAY)
        cycle = find_cycle(session, CODE)
        return prepare_cycle_move(session, life.hr, NOW, cycle, to=to, reason="口径有误")


def carry_out(life: Life, move: CycleMove, seen: int = 0) -> None:
    with life.game.database.write() as session:
        found = session.get_one(CycleMove, move.id)
        carry_out_cycle_move(session, life.second, NOW, found, seen=seen)


def moved(game: Played) -> tuple[int, set[str]]:
    with game.database.read() as session:
        cycle: Cycle = find_cycle(session, CODE)
        return cycle.policy_version.seq, {each.stage for each in reviews_of(session, cycle)}


def test_a_running_cycle_is_moved_by_a_second_person(life: Life) -> None:
    life.game.open()
    life.game.move("submit_goals")
    life.bring(LESS, date(2018, 1, 1), NOVEMBER)
    move = prepare(life)
    with refused(Kind.DENIED, "publishing.own_move"), life.game.database.write() as session:
        carry_out_cycle_move(session, life.hr, NOW, session.get_one(CycleMove, move.id), seen=0)
    with refused(Kind.CONFLICT, "publishing.consent_missing"):
        carry_out(life, move)
    with life.game.database.read() as session:
        people = [each.person.code for each in consents_of(session, move)]
    for each in people:
        life.answer(each, "given")
    with refused(Kind.CONFLICT, "publishing.move_over"):
        carry_out(life, move, seen=7)
    carry_out(life, move)
    assert moved(life.game) == (2, {"goal_approval"}), "what people did stays"
    with refused(Kind.CONFLICT, "publishing.move_over"):
        carry_out(life, move, seen=1)


def test_targets_are_shared_out_anew_where_they_differ(life: Life) -> None:
    life.game.open()
    figures = ("targets", "revenue_target", "company", "2017-Q4")
    life.bring({figures: "2100000"}, date(2018, 1, 1), NOVEMBER)
    move = prepare(life)
    with life.game.database.read() as session:
        for each in consents_of(session, move):
            life.answer(each.person.code, "given")
    before = targets(life)
    carry_out(life, move)
    after = targets(life)
    assert (before["revenue_target"], after["revenue_target"]) == (2800000, 2100000)
    assert before["deals_target"] == after["deals_target"]


def targets(life: Life) -> dict[str, int]:
    with life.game.database.read() as session:
        rows = session.execute(
            sa.select(Target.name, Target.amount).where(Target.parent_id.is_(None))
        )
        return {name: int(amount) for name, amount in rows}


def test_what_a_cycle_cannot_be_moved_to(life: Life) -> None:
    life.game.open()
    life.game.move("submit_goals")
    with refused(Kind.CONFLICT, "publishing.same_version"):
        prepare(life, 1)
    life.write(MORE)
    life.submit(date(2018, 1, 1), NOVEMBER)
    with refused(Kind.INVALID, "publishing.unfit_version"):
        prepare(life)  # not published yet
    life.approve()
    life.publish(NOVEMBER)
    move = prepare(life)
    with refused(Kind.CONFLICT, "publishing.move_there"):
        prepare(life)
    with life.game.database.write() as session:
        drop_cycle_move(session, life.second, NOW, session.get_one(CycleMove, move.id), seen=0)
    with life.game.database.read() as session:
        assert prepared_move(session, find_cycle(session, CODE)) is None
    life.game.move("approve_goals")
    life.game.lock()
    with refused(Kind.CONFLICT, "cycles.not_in_state"):
        prepare(life)


def test_a_move_prepared_before_the_lock_is_not_carried_out_after_it(life: Life) -> None:
    life.game.open()
    life.bring(MORE, date(2018, 1, 1), NOVEMBER)
    move = prepare(life)
    for step in ("submit_goals", "approve_goals"):
        life.game.move(step)
    life.game.lock()
    with refused(Kind.CONFLICT, "cycles.not_in_state"):
        carry_out(life, move)
    assert moved(life.game)[0] == 1


def test_the_next_cycle_is_not_moved_with_it(life: Life) -> None:
    life.game.open()
    life.bring(MORE, date(2018, 1, 1), NOVEMBER)
    carry_out(life, prepare(life))
    with life.game.database.write() as session:
        other = open_cycle(session, life.hr, NOW, policy_code=POLICY, period_label="2017-Q3")
        assert other.policy_version.seq == 1
