"""Signs of unfairness in a cycle that is played."""

from __future__ import annotations

import pytest

from engine.errors import KaohengError, Kind
from tests.played import CODE, Played
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle
from workflows.reviews.of_cycle import reviews_of
from workflows.simulation.fairness import fairness_of


def test_targets_that_nobody_reaches_are_told(game: Played) -> None:
    game.up_to_locked()
    with game.database.read() as session:
        found = fairness_of(session, game.actors[Role.FINANCE], find_cycle(session, CODE))
    assert ("target_unreached", "won_revenue") in {(sign.kind, sign.code) for sign in found.signs}
    assert [sign.noise for sign in found.signs] == sorted(sign.noise for sign in found.signs)


def test_a_team_calibrated_apart_from_the_rest(game: Played) -> None:
    game.up_to_locked()
    with game.database.write() as session:
        for review in reviews_of(session, find_cycle(session, CODE)):
            if review.team is not None and review.team.code == "west-1":
                review.calibrated_grade = "S"
    with game.database.read() as session:
        found = fairness_of(session, game.actors[Role.HR], find_cycle(session, CODE))
    signs = {sign.kind: sign for sign in found.signs if sign.code == "west-1"}
    assert signs["manager_calibrates"].noise  # three people may be chance
    assert signs["manager_calibrates"].numbers["others"] == 0


def test_it_is_not_for_those_who_are_appraised(game: Played) -> None:
    game.open()
    with game.database.read() as session, pytest.raises(KaohengError) as refused:
        fairness_of(session, game.actors[Role.MANAGER], find_cycle(session, CODE))
    assert refused.value.kind is Kind.DENIED
