"""What a stage's time brings: reminders, silence, escalation, each once, and none after leaving."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError
from tests.organisation import SINCE
from tests.played import PEOPLE, Played
from tests.staged import CYCLE, add_policy, local, locked, monthly, opened, review_of
from tests.workflows.notices.telling import told as told_of
from workflows.access.policy import Role
from workflows.closing.holding import hold_review
from workflows.cycles.operations import find_cycle, policy_of
from workflows.log.tables import LogEntry
from workflows.notices.reading import own_notices, unread_notices
from workflows.notices.tables import Notice
from workflows.org.tables import Membership, Person, Unit
from workflows.reviews.moves import move_review
from workflows.reviews.tables import ReviewMove
from workflows.stages.setting import reset_times
from workflows.timers.operations import fire_due
from workflows.timers.tables import Timer

OPENED, LOCKED = local("2017-11-01 09:00"), local("2017-12-05 10:00")
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def played(game: Played) -> Played:
    """The monthly cycle, locked on a Tuesday: the manager has until Thursday."""
    with game.database.write() as session:
        east = session.scalars(sa.select(Unit).where(Unit.code == "east")).one()
        head = Person(code="R1", name="大区经理", public_id="id-R1")
        session.add(Membership(person=head, unit=east, role="manager", valid_from=SINCE))
    return locked(opened(game, OPENED), LOCKED)


def move(game: Played, person: str, transition: str, at: datetime, by: Role, **more: str) -> None:
    with game.database.write() as session:
        policy = policy_of(find_cycle(session, CYCLE))
        review = review_of(session, person)
        move_review(session, game.actors[by], at, review, policy, transition=transition, **more)


def told(game: Played, person: str) -> list[tuple[str, str]]:
    """What somebody was told: the kind of it, and the stage."""
    with game.database.read() as session:
        notices = session.scalars(
            sa.select(Notice)
            .join(Person, Person.id == Notice.person_id)
            .where(Person.code == person)
            .order_by(Notice.id)
        )
        return [(each.key.partition(":")[0], each.params["stage"]["en"]) for each in notices]


def late_told(game: Played, person: str) -> set[str]:
    """For whom it waits, as somebody above them was told."""
    with game.database.read() as session:
        notices = session.scalars(
            sa.select(Notice)
            .join(Person, Person.id == Notice.person_id)
            .where(Person.code == person, Notice.key.startswith("stage_escalation"))
        )
        return {each.params["people"]["zh"] for each in notices}


def waiting(game: Played) -> set[str]:
    with game.database.read() as session:
        return set(session.scalars(sa.select(Timer.kind).where(Timer.state == "set")))


def test_a_manager_is_reminded_then_told_then_passed_over_once_for_all(played: Played) -> None:
    assert fire_due(played.database, local("2017-12-06 00:00") - INSTANT) == 0
    assert fire_due(played.database, local("2017-12-06 00:00")) == len(PEOPLE)
    assert told(played, "M1") == [("stage_reminder", "Manager confirms")]
    fire_due(played.database, local("2017-12-08 00:00") - INSTANT)
    assert len(told(played, "M1")) == 1, "the last day has not ended"
    fire_due(played.database, local("2017-12-08 00:00"))
    assert told(played, "M1")[1:] == [("stage_deadline", "Manager confirms")]
    assert told(played, "R1") == []
    fire_due(played.database, local("2017-12-09 00:00"))
    assert {kind for kind, _ in told(played, "R1")} == {"stage_escalation"}
    assert len(told(played, "R1")) == 1, "of all who are late"
    assert late_told(played, "R1") == {"姓名M1、姓名M2"}
    assert fire_due(played.database, local("2018-01-01 00:00")) == 0
    assert waiting(played) == set()


def test_hr_is_told_also_where_its_account_is_nobody_s(played: Played) -> None:
    fire_due(played.database, local("2017-12-09 00:00"))
    with played.database.read() as session:
        assert "hr-nobody" in told_of(session, "stage_escalation"), "nobody is above M3"
        shown = own_notices(session, played.actors[Role.HR])
        late = [each.params["people"]["en"] for each in shown if each.tone == "bad"]
        assert late == ["姓名M1, 姓名M2, 姓名M3"]
        assert unread_notices(session, played.actors[Role.HR]) == len(shown)
        assert own_notices(session, played.actors[Role.FINANCE]) == []


def test_what_is_held_back_waits_for_nobody_and_is_silent_all_the_same(played: Played) -> None:
    move(played, "S11", "confirm", LOCKED, Role.HR)
    with played.database.write() as session:
        for person in PEOPLE:
            review = review_of(session, person)
            hold_review(session, played.actors[Role.HR], LOCKED, review, reason="核实")
    fire_due(played.database, local("2017-12-09 00:00"))
    assert told(played, "M1") == told(played, "R1") == []
    with played.database.read() as session:
        assert review_of(session, "S11").stage == "result_approval"


def test_whoever_moved_in_time_hears_nothing(played: Played) -> None:
    for person in PEOPLE:
        move(played, person, "confirm", LOCKED + INSTANT, Role.HR)
    fire_due(played.database, local("2017-12-08 00:00"))
    assert told(played, "M1") == []
    with played.database.read() as session:
        assert review_of(session, "S11").due_at == local("2017-12-09 00:00")


def test_silence_confirms_as_the_system_and_once(played: Played) -> None:
    move(played, "S11", "confirm", LOCKED, Role.HR)
    deadline = local("2017-12-09 00:00")
    fire_due(played.database, deadline - INSTANT)
    with played.database.read() as session:
        assert review_of(session, "S11").stage == "acceptance"
    fire_due(played.database, deadline + timedelta(days=3))
    assert fire_due(played.database, deadline + timedelta(days=30)) == 0
    with played.database.read() as session:
        review = review_of(session, "S11")
        assert (review.stage, review.due_at) == ("result_approval", None)
        moves = session.scalars(
            sa.select(ReviewMove).where(
                ReviewMove.review_id == review.id, ReviewMove.transition == "accept"
            )
        ).all()
        assert [(each.actor_id, each.moved_at) for each in moves] == [(None, deadline)]
        logged = session.scalars(
            sa.select(LogEntry.actor)
            .where(LogEntry.action == "move_review", LogEntry.subject_id == review.public_id)
            .order_by(LogEntry.seq.desc())
        ).first()
        assert logged == "system"
    assert told(played, "S11")[-1] == ("stage_silence", "The person confirms")


def test_a_word_in_time_is_no_silence(played: Played) -> None:
    move(played, "S11", "confirm", LOCKED, Role.HR)
    move(played, "S11", "object", LOCKED + INSTANT, Role.SALESPERSON, reason="数字不对")
    with played.database.read() as session:
        assert review_of(session, "S11").due_at == local("2017-12-08 00:00"), "a whole time again"
    move(played, "S11", "confirm", local("2017-12-07 09:00"), Role.MANAGER)
    fire_due(played.database, local("2017-12-12 00:00") - INSTANT)
    with played.database.read() as session:
        assert review_of(session, "S11").stage == "acceptance"
    fire_due(played.database, local("2017-12-13 00:00"))
    with played.database.read() as session:
        assert review_of(session, "S11").stage == "result_approval"


def test_what_holds_a_review_up_holds_silence_up_until_it_holds_no_more(game: Played) -> None:
    needs = ("by: [owner]\n    object", "by: [owner]\n      when: total >= 1000\n    object")
    locked(opened(game, OPENED, needs), LOCKED)
    move(game, "S11", "confirm", LOCKED, Role.HR)
    fire_due(game.database, local("2017-12-09 00:00"))
    with game.database.read() as session:
        assert review_of(session, "S11").stage == "acceptance"
        failed = session.scalars(sa.select(Timer).where(Timer.attempts > 0)).one()
        assert "waits until this holds" in (failed.error or "")
    assert fire_due(game.database, local("2017-12-09 00:00")) == 0, "not again at once"


def test_another_version_sets_the_times_anew(game: Played) -> None:
    opened(game, OPENED)
    with game.database.write() as session:
        cycle = find_cycle(session, CYCLE)
        before = review_of(session, "S11").due_at
        longer = monthly(("working_days: 3, from: period_end", "working_days: 9, from: period_end"))
        cycle.policy_version = add_policy(session, longer, seq=2)
        cycle.version += 1
        session.flush()
        reviews = [review_of(session, person) for person in PEOPLE]
        reset_times(session, OPENED + INSTANT, cycle, policy_of(cycle), reviews)
    with game.database.read() as session:
        assert before == local("2017-12-06 00:00")
        assert review_of(session, "S11").due_at == local("2017-12-14 00:00")
        states = sa.select(Timer.state, sa.func.count()).group_by(Timer.state)
        assert dict(session.execute(states).all()) == {"dropped": 21, "set": 21}
    fire_due(game.database, local("2017-12-06 00:00"))
    assert waiting(game) == {"stage_reminder", "stage_deadline", "stage_escalation"}


def test_who_moves_while_the_deadline_passes_is_told_or_wins(played: Played) -> None:
    move(played, "S11", "confirm", LOCKED, Role.HR)
    fire_due(played.database, local("2017-12-09 00:00"))
    with pytest.raises(KaohengError) as caught:
        move(played, "S11", "object", local("2017-12-09 00:00"), Role.SALESPERSON, reason="迟")
    text = str(caught.value)
    assert "Result approval" in text
    assert "The person confirms" in text
