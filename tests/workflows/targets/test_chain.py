"""Where one's target comes from, and that others' shares do not show."""

from __future__ import annotations

from tests.organisation import actor
from tests.played import CODE, Played
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle
from workflows.reviews.reading import find_review
from workflows.targets.chain import goals_of


def test_a_goal_comes_down_from_the_company(game: Played) -> None:
    game.open()
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        review = find_review(session, cycle, "S11")
        goals = goals_of(session, game.actors[Role.SALESPERSON], cycle, review.person_id)
    assert goals
    for goal in goals:
        levels = [(link.level, link.owner) for link in goal.chain]
        assert levels == [
            ("company", "公司"),
            ("region", "east"),
            ("team", "east-1"),
            ("person", "姓名S11"),
        ]
        amounts = [link.amount for link in goal.chain]
        assert amounts == sorted(amounts, reverse=True)
        assert goal.amount == amounts[-1]


def test_somebody_elses_goals_are_not_there(game: Played) -> None:
    game.open()
    with game.database.read() as session:
        cycle = find_cycle(session, CODE)
        theirs = find_review(session, cycle, "S12").person_id
        for role, sees in ((Role.SALESPERSON, False), (Role.MANAGER, True)):
            who = actor(session, role, {Role.SALESPERSON: "S11", Role.MANAGER: "M1"}[role])
            assert bool(goals_of(session, who, cycle, theirs)) is sees
