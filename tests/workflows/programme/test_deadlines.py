"""Which deadlines count as kept: a word in time, and silence where the policy takes it for one;
what passed while somebody was held back counts as neither.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.played import PEOPLE, Played
from tests.staged import CYCLE, local, locked, opened, review_of
from workflows.access.policy import Role
from workflows.closing.holding import hold_review, release_review
from workflows.closing.overdue import HELD, WAS_HELD, held_over
from workflows.cycles.operations import find_cycle, policy_of
from workflows.programme.deadlines import in_order, stage_times
from workflows.reviews.movers import standings_of
from workflows.reviews.moves import move_review
from workflows.reviews.reading import review_rows
from workflows.stages.tasks import late_tasks
from workflows.timers.operations import fire_due

LOCKED, DAY = local("2017-12-05 10:00"), timedelta(days=1)


@pytest.fixture
def played(game: Played) -> Played:
    return locked(opened(game, local("2017-11-01 09:00")), LOCKED)


def test_silence_at_a_deadline_keeps_it_and_a_manager_who_is_late_misses_it(
    played: Played,
) -> None:
    with played.database.write() as session:
        cycle = find_cycle(session, CYCLE)
        move_review(
            session, played.actors[Role.HR], LOCKED + timedelta(hours=1),
            review_of(session, "S11"), policy_of(cycle), transition="confirm",
        )  # fmt: skip
    fire_due(played.database, LOCKED + timedelta(days=20))
    with played.database.read() as session:
        found = {each.stage: each for each in stage_times(session, [find_cycle(session, CYCLE)])}
    assert (found["acceptance"].kept, found["acceptance"].missed) == (1, 0)
    assert (found["manager"].kept, found["manager"].missed) == (1, len(PEOPLE) - 1)


def test_a_deadline_that_passed_while_somebody_was_held_back_was_missed_by_nobody(
    played: Played,
) -> None:
    hr, due = played.actors[Role.HR], local("2017-12-08 00:00")
    with played.database.write() as session:
        for person in ("S11", "S12", "S21"):
            hold_review(session, hr, LOCKED, review_of(session, person), reason="复核")
        release_review(session, hr, due - DAY, review_of(session, "S21"), reason="复核完毕")
    fire_due(played.database, due)
    with played.database.write() as session:
        release_review(session, hr, due + DAY, review_of(session, "S12"), reason="复核完毕")
    with played.database.read() as session:
        times = stage_times(session, [find_cycle(session, CYCLE)])
        found = next(each for each in times if each.stage == "manager")
        assert (found.kept, found.missed) == (0, len(PEOPLE) - 2), (
            "who was released in time is late"
        )
        reviews = {person: review_of(session, person) for person in PEOPLE}
        excused = held_over(session, list(reviews.values()))
        assert excused == {reviews["S11"].id: HELD, reviews["S12"].id: WAS_HELD}
        standings = standings_of(session, list(reviews.values()), due.date())
        late = {each.review.person.code for each in standings.values() if each.is_late(due)}
        assert late == set(PEOPLE) - {"S11", "S12"}
        (task,) = late_tasks(session, hr, due)
        assert task.params["count"] == len(late)
        rows = review_rows(session, hr, find_cycle(session, CYCLE), due.date())
        assert {row["person"]: row["held"] for row in rows if row["held"]} == {
            "S11": HELD,
            "S12": WAS_HELD,
        }


def test_stages_stand_as_the_policy_has_them_whatever_left_first(played: Played) -> None:
    with played.database.read() as session:
        cycle = find_cycle(session, CYCLE)
        workflow = policy_of(cycle).workflow
        assert workflow is not None
        assert in_order(reversed(workflow.stages), [cycle]) == list(workflow.stages)
        assert in_order(["unknown", workflow.stages[0]], [cycle]) == [
            workflow.stages[0],
            "unknown",
        ]
