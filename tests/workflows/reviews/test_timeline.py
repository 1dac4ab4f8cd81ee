"""A review's timeline: everything, in its order, each with its entry in the log."""

from __future__ import annotations

import sqlalchemy as sa

from tests.organisation import NOW, actor
from tests.played import CODE, Played
from workflows.access.policy import Role
from workflows.calibration.operations import calibrate_review
from workflows.cycles.operations import find_cycle, policy_of
from workflows.log.tables import LogEntry
from workflows.reviews.reading import find_review
from workflows.reviews.timeline import Event, readable_review, timeline


def events_of(game: Played, role: Role, person: str) -> list[Event]:
    with game.database.read() as session:
        review = find_review(session, find_cycle(session, CODE), person)
        who = actor(session, role) if role is Role.AUDITOR else game.actors[role]
        found = readable_review(session, who, review.public_id)
        return timeline(session, who, found) if found else []


def test_it_tells_everything_in_its_order(game: Played) -> None:
    game.up_to_calibration()
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        calibrate_review(
            session,
            game.actors[Role.HR],
            NOW,
            find_review(session, cycle, "S11"),
            policy_of(cycle),
            grade="S",
            reason="带教新人",
        )
    game.move("submit_result")
    game.approve()
    events = events_of(game, Role.AUDITOR, "S11")
    assert [event.move.transition if event.move else event.what for event in events] == [
        "open_cycle",
        "submit_goals",
        "approve_goals",
        "lock_data",
        "lock_cycle",
        "start_evaluation",
        "submit_evaluation",
        "calibrate_review",
        "submit_result",
        "approve_cycle",
        "approve_result",
        "enter_grants",
    ]
    numbers = [event.seq for event in events if not event.grants]
    assert numbers == sorted(numbers, key=lambda seq: seq or -1)
    with game.database.read() as session:
        for event in events:
            if event.seq is not None:
                entry = session.get_one(LogEntry, event.seq)
                assert (entry.action, entry.at) == (event.what, event.at)
        review_id = find_review(session, find_cycle(session, CODE), "S11").public_id
        logged = session.scalars(
            sa.select(LogEntry.seq).where(LogEntry.subject_id == review_id)
        ).all()
        assert set(logged) <= set(numbers)
    (change,) = [event.change for event in events if event.change]
    assert (change.grade_after, change.reason) == ("S", "带教新人")
    assert events[-1].grants


def test_log_numbers_are_for_those_who_may_read_the_log(game: Played) -> None:
    game.up_to_locked()
    own = events_of(game, Role.SALESPERSON, "S11")
    assert own
    assert {event.seq for event in own} == {None}
    told = events_of(game, Role.AUDITOR, "S11")
    assert [event.what for event in own] == [event.what for event in told]
    assert events_of(game, Role.SALESPERSON, "S12") == []
