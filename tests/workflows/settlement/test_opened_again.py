"""A review that is opened again is in its stage as any other, and nothing passes it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from engine.canonical import canonical_text, digest, from_canonical
from engine.errors import KaohengError
from engine.model import Deadline, StageDetail
from tests.organisation import NOW
from tests.workflows.settlement.settling import PEOPLE, Settling
from workflows.closing.reopening import decide_reopening, find_reopening, propose_reopening
from workflows.cycles.operations import policy_of
from workflows.feedback.operations import (
    Prepared,
    hold_talk,
    is_to_prepare,
    notes_of,
    prepare_talk,
    talk_of,
)
from workflows.feedback.reading import state_of
from workflows.reviews.moves import move_review
from workflows.reviews.tables import ReviewMove
from workflows.rulebook.tables import PolicyRow, PolicyVersion
from workflows.timers.operations import fire_due
from workflows.timers.tables import Timer


def proposed(world: Settling, person: str) -> None:
    with world.game.database.write() as session:
        propose_reopening(session, world.hr, NOW, world.review(session, person), reason="漏了一单")


def decided(world: Settling, person: str, *, behalf: str | None = None) -> None:
    with world.game.database.write() as session:
        found = find_reopening(session, world.finance, world.review(session, person))
        who = replace(world.finance, on_behalf_of=behalf)
        decide_reopening(session, who, NOW, found, approve=True, reason="属实")


def with_deadline(world: Settling) -> None:
    """Give the stage of feedback a deadline, before the cycle is opened."""
    with world.game.database.write() as session:
        version = session.scalars(
            sa.select(PolicyVersion).join(PolicyRow).where(PolicyRow.code == "settle")
        ).one()
        policy = from_canonical(version.canonical)
        assert policy.workflow is not None
        detail = StageDetail("feedback", deadline=Deadline(days=5))
        policy = replace(policy, workflow=replace(policy.workflow, details=(detail,)))
        version.canonical, version.digest = canonical_text(policy), digest(policy)


def test_it_has_the_stages_deadline_anew_and_the_move_names_both(world: Settling) -> None:
    with_deadline(world)
    world.up_to_feedback()
    world.move("confirm")
    proposed(world, "S11")
    decided(world, "S11", behalf="somebody")
    with world.game.database.read() as session:
        review = world.review(session, "S11")
        owner = f"review:{review.public_id}"
        set_ = sa.select(Timer.due_at).where(Timer.belongs_to == owner, Timer.state == "set")
        assert review.due_at is not None
        assert list(session.scalars(set_)) == [review.due_at]
        last = session.scalars(sa.select(ReviewMove).order_by(ReviewMove.id.desc())).first()
        assert last is not None
        assert (last.transition, last.on_behalf_of) == ("reopen", "somebody")


def test_a_cycle_is_not_sealed_past_a_review_that_is_opened_meanwhile(world: Settling) -> None:
    world.up_to_feedback()
    *others, last = PEOPLE
    world.move("confirm", *others)
    proposed(world, others[0])
    other = Thread(target=decided, args=(world, others[0]))
    with world.game.database.write() as session:
        review = world.review(session, last)
        policy = policy_of(review.cycle)
        move_review(session, world.hr, NOW, review, policy, transition="confirm")
        other.start()
        other.join(1)  # it waits until this is committed
    other.join()
    assert world.state() == "approved"
    world.move("confirm", others[0])
    assert world.state() == "sealed"


def test_a_sealed_review_is_not_held_back(world: Settling) -> None:
    world.up_to_feedback()
    world.move("confirm", "S11")
    with pytest.raises(KaohengError) as found:
        world.hold("S11")
    assert found.value.faults[0].code == "closing.sealed_already"
    world.hold("S12")


def prepare(world: Settling, at: datetime, praise: str) -> None:
    said = Prepared(praise=praise)
    world.do(lambda s, _: prepare_talk(s, world.hr, at, world.review(s, "S11"), said))


def hold(world: Settling, at: datetime, note: str) -> None:
    day = at.date()
    world.do(
        lambda s, _: hold_talk(
            s,
            world.hr,
            at,
            world.review(s, "S11"),
            held_on=day,
            channel="im",
            note=note,
            today=day,
        )
    )


def test_its_conversation_is_held_again_and_answered_again(world: Settling) -> None:
    silent, again = NOW + timedelta(days=8), NOW + timedelta(days=9)
    world.up_to_feedback()
    prepare(world, NOW, "第一次")
    hold(world, NOW, "第一次谈")
    fire_due(world.game.database, NOW + timedelta(days=7))  # nothing said: taken note of
    world.move("confirm", at=silent)
    proposed(world, "S11")
    with pytest.raises(KaohengError):
        prepare(world, silent, "未打开")
    with world.game.database.write() as session:
        opened = find_reopening(session, world.finance, world.review(session, "S11"))
        decide_reopening(session, world.finance, silent, opened, approve=True, reason="属实")
    with world.game.database.read() as session:
        assert is_to_prepare(session, world.review(session, "S11"))
    prepare(world, again, "第二次")
    with world.game.database.read() as session:
        talk = talk_of(session, world.review(session, "S11"))
        assert talk is not None
        assert state_of(talk) == "prepared"
    hold(world, again, "第二次谈")
    with pytest.raises(KaohengError):
        prepare(world, again, "第三次")  # what was said is said
    with world.game.database.read() as session:
        review = world.review(session, "S11")
        assert not is_to_prepare(session, review)
        assert [note.text for note in notes_of(session, review)] == ["第一次谈", "第二次谈"]
    fire_due(world.game.database, again + timedelta(days=5))
    with world.game.database.read() as session:
        assert state_of(talk_of(session, world.review(session, "S11"))) == "held"
    fire_due(world.game.database, again + timedelta(days=6))
    with world.game.database.read() as session:
        assert state_of(talk_of(session, world.review(session, "S11"))) == "silent"
