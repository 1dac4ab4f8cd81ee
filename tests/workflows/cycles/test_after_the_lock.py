"""After the lock: changes are listed, the cycle stays, a relock is decided, late counts next."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.confirmed import CODE, NEXT, NOW, Confirmed
from tests.workflows.claims.test_claims import said_again
from workflows.cycles.changes import Changes, changes_since_lock
from workflows.cycles.evaluation import TRIAL, evaluation_of
from workflows.cycles.operations import find_cycle, lock_cycle, policy_of
from workflows.cycles.relocking import decide_relock, find_relock, propose_relock
from workflows.cycles.scored import scored
from workflows.cycles.tables import LateRecord, Relock
from workflows.notices.tables import Notice
from workflows.reviews.evidence import evidence_of
from workflows.reviews.moves import move_review
from workflows.reviews.of_cycle import reviews_of


@pytest.fixture
def locked(world: Confirmed) -> Confirmed:
    lock(world, CODE)
    return world


def lock(world: Confirmed, code: str) -> None:
    with world.database.write() as session:
        cycle, hr = find_cycle(session, code), world.actors["hr"]
        for review in reviews_of(session, cycle):
            move_review(session, hr, NOW, review, policy_of(cycle), transition="pass")
        lock_cycle(session, hr, NOW, cycle, reason="已催三次")


def changes(world: Confirmed) -> Changes:
    with world.database.read() as session:
        return changes_since_lock(session, world.actors["finance"], find_cycle(session, CODE))


def trial(world: Confirmed) -> tuple[bytes, bytes]:
    with world.database.read() as session:
        kept = evaluation_of(session, find_cycle(session, CODE), TRIAL)
        return kept.inputs, kept.outputs


def revenue(world: Confirmed, person: str, code: str) -> dict[str, str | None]:
    """Return the records of a person's revenue, with the period that a late one is of."""
    with world.database.read() as session:
        review = world.review(session, person, code)
        found = evidence_of(session, review, scored(session, review.cycle), "revenue")
        assert found.sum == found.figure
        return {line.code: line.late_from for line in found.lines}


def propose(world: Confirmed) -> None:
    with world.database.write() as session:
        cycle = find_cycle(session, CODE)
        propose_relock(session, world.actors["hr"], NOW, cycle, reason="漏导一单")


def decide(world: Confirmed, by: str = "finance", *, approve: bool = True) -> list[str]:
    with world.database.write() as session:
        relock = find_relock(session, find_cycle(session, CODE))
        moved = decide_relock(
            session, world.actors[by], NOW, relock, approve=approve, reason="核过"
        )
        return [each.person for each in moved]


def test_a_change_after_the_lock_is_listed_and_changes_nothing(locked: Confirmed) -> None:
    assert changes(locked).records == ()
    before = trial(locked)
    said_again(locked, "D1", amount="600")
    locked.add_deal("D8", "S12", 100, date(2026, 3, 31))
    locked.add_deal("D9", "S12", 100, date(2026, 4, 1))  # of the next period
    found = changes(locked)
    assert [(each.code, each.what) for each in found.records] == [
        ("D1", "corrected"),
        ("D8", "late"),
    ]
    assert [each.person for each in found.moved] == ["S11", "S12"]
    assert trial(locked) == before
    assert revenue(locked, "S11", CODE) == {"D1": None, "D2": None}


def test_a_relock_is_proposed_by_one_and_decided_by_another(locked: Confirmed) -> None:
    before = trial(locked)
    with pytest.raises(KaohengError) as nothing:
        propose(locked)
    assert nothing.value.kind is Kind.CONFLICT
    said_again(locked, "D1", amount="600")
    propose(locked)
    with pytest.raises(KaohengError) as twice:
        propose(locked)
    assert twice.value.kind is Kind.CONFLICT
    with pytest.raises(KaohengError) as own:
        decide(locked, "hr")
    assert own.value.kind is Kind.DENIED
    assert decide(locked) == ["S11"]
    assert trial(locked) != before
    assert changes(locked).records == ()
    with locked.database.read() as session:
        kept = session.scalars(sa.select(Relock)).one()
        assert (kept.inputs, kept.outputs) == before
        assert session.scalar(sa.select(sa.func.count(Notice.id))) == 1
        review = locked.review(session, "S11")
        assert review.total == 110  # 1,100 of 1,000, and nobody asked


def test_a_declined_relock_changes_nothing(locked: Confirmed) -> None:
    said_again(locked, "D1", amount="600")
    propose(locked)
    before = trial(locked)
    assert decide(locked, approve=False) == []
    assert trial(locked) == before


def test_what_comes_late_counts_in_the_next_cycle_and_once(locked: Confirmed) -> None:
    locked.add_deal("L1", "S11", 50, date(2026, 3, 31))
    said_again(locked, "D1", amount="410")  # a correction is not late
    locked.open("2026-Q2")
    locked.add_deal("N1", "S11", 70, date(2026, 5, 1))
    assert revenue(locked, "S11", NEXT) == {"L1": "2026-Q1", "N1": None}
    lock(locked, NEXT)
    assert revenue(locked, "S11", NEXT) == {"L1": "2026-Q1", "N1": None}
    with locked.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(LateRecord.id))) == 1
    # It has been counted: neither the next but one nor its own cycle counts it again.
    locked.open("2026-Q3")
    assert revenue(locked, "S11", "east@2026-Q3") == {}
    propose(locked)
    decide(locked)
    assert revenue(locked, "S11", CODE) == {"D1": None, "D2": None}


def test_what_its_own_cycle_was_measured_on_anew_is_not_late(locked: Confirmed) -> None:
    locked.add_deal("L1", "S11", 50, date(2026, 3, 31))
    propose(locked)
    decide(locked)
    locked.open("2026-Q2")
    assert revenue(locked, "S11", CODE) == {"D1": None, "D2": None, "L1": None}
    assert revenue(locked, "S11", NEXT) == {}
