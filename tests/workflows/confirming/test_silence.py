"""Silence on one's records: it confirms where the policy says so, and nothing else with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.confirmed import NOW, POLICY, Confirmed, confirmed
from workflows.base.database import Database
from workflows.claims.opening import dispute_line
from workflows.confirming.tables import Confirmation
from workflows.confirming.tasks import confirming_tasks
from workflows.cycles.operations import policy_of
from workflows.log.tables import LogEntry
from workflows.reviews.requirements import missing
from workflows.timers.operations import fire_due
from workflows.timers.tables import Timer

DETAILS = """\
  details:
    confirmation: {deadline: {working_days: 3}, silence: confirm}
"""
ENDED = datetime(2026, 4, 8, 16, tzinfo=UTC)  # Monday the 6th is a holiday


def silent(database: Database, requires: str = "records_confirmed", by: str = "owner") -> Confirmed:
    """The company, under a policy whose first stage ends in silence."""
    step = f"by: [{by}, hr]\n      requires: [{requires}]"
    written = POLICY.replace("by: [owner, hr]\n      requires: [records_confirmed]", step)
    return confirmed(database, written + DETAILS)


def stage(world: Confirmed, person: str) -> str:
    with world.database.read() as session:
        return world.review(session, person).stage


def by_silence(world: Confirmed) -> set[str]:
    with world.database.read() as session:
        kept = session.scalars(sa.select(Confirmation).where(Confirmation.account_id.is_(None)))
        return {each.review.person.code for each in kept}


def test_silence_confirms_the_list_as_the_system_and_once(database: Database) -> None:
    world = silent(database)
    with world.database.read() as session:
        (task,) = confirming_tasks(session, world.actors["S11"], NOW)
        assert task.due == ENDED
    fire_due(world.database, ENDED)
    assert fire_due(world.database, ENDED) == 0
    assert stage(world, "S11") == "checked"
    with world.database.read() as session:
        review = world.review(session, "S11")
        assert not missing(session, review, policy_of(review.cycle), ["records_confirmed"])
        kept = session.scalars(
            sa.select(Confirmation).where(Confirmation.review_id == review.id)
        ).one()
        assert (kept.account, kept.confirmed_at, len(kept.lines)) == (None, ENDED, 2)
        entry = session.scalars(
            sa.select(LogEntry).where(
                LogEntry.action == "count_silence", LogEntry.subject_id == review.public_id
            )
        ).one()
        details = json.loads(entry.leaf[1:])["details"]
        assert (entry.actor, details["requirement"]) == ("system", "records_confirmed")
        assert (details["list"], details["lines"]) == (kept.digest, 2)


def test_a_dispute_is_no_silence(database: Database) -> None:
    world = silent(database)
    with world.database.write() as session:
        review, record = world.review(session, "S11"), world.record(session, "D1")
        dispute_line(session, world.actors["S11"], NOW, review, record, reason="不是我的")
    fire_due(world.database, ENDED)
    assert (stage(world, "S11"), stage(world, "S12")) == ("confirmation", "checked")
    assert "S11" not in by_silence(world)


@pytest.mark.parametrize("missing_too", ["self_report", "goals_agreed"])
def test_what_silence_cannot_say_is_still_required(database: Database, missing_too: str) -> None:
    world = silent(database, f"records_confirmed, {missing_too}")
    fire_due(world.database, ENDED)
    moved = missing_too == "self_report"  # the policy asks for none, so none is missing
    assert (stage(world, "S11") == "checked") is moved
    assert bool(by_silence(world)) is moved
    with world.database.read() as session:
        failed = session.scalars(sa.select(Timer.error).where(Timer.error.is_not(None))).all()
        assert bool(failed) is not moved
        assert all("goal" in (each or "") for each in failed)


def test_a_managers_silence_says_nothing_for_the_person(database: Database) -> None:
    world = silent(database, by="manager")
    fire_due(world.database, ENDED)
    assert (stage(world, "S11"), by_silence(world)) == ("confirmation", set())
    with world.database.read() as session:
        (task,) = confirming_tasks(session, world.actors["S11"], NOW)
        assert task.due is None
