"""Which deadlines count as kept: a word in time, and silence where the policy takes it for one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.played import PEOPLE, Played
from tests.staged import CYCLE, local, locked, opened, review_of
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle, policy_of
from workflows.programme.deadlines import stage_times
from workflows.reviews.moves import move_review
from workflows.timers.operations import fire_due

LOCKED = local("2017-12-05 10:00")


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
