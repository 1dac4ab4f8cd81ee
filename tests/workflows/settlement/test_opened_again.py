"""A review that is opened again is in its stage as any other, and nothing passes it meanwhile."""

from __future__ import annotations

from dataclasses import replace
from threading import Thread

import sqlalchemy as sa

from engine.canonical import canonical_text, digest, from_canonical
from engine.model import Deadline, StageDetail
from tests.organisation import NOW
from tests.workflows.settlement.settling import PEOPLE, Settling
from workflows.closing.reopening import decide_reopening, find_reopening, propose_reopening
from workflows.cycles.operations import policy_of
from workflows.reviews.moves import move_review
from workflows.reviews.tables import ReviewMove
from workflows.rulebook.tables import PolicyRow, PolicyVersion
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
