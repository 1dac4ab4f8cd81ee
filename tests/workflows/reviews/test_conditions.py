"""A transition's condition, by the review's figures as they are then."""

from __future__ import annotations

import pytest

from engine.errors import KaohengError
from tests.played import PEOPLE, Played
from tests.staged import CYCLE, local, locked, opened, review_of
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle, policy_of
from workflows.reviews.moves import held_up, move_review
from workflows.reviews.of_cycle import reviews_of
from workflows.reviews.steps import find_step

OPENED, LOCKED = local("2017-11-01 09:00"), local("2017-12-05 10:00")
# Each of the tests' people but the last has won twice as many deals as their place, and lost one.
CASES = [
    ("won_deals >= 6", set(PEOPLE[2:-1])),
    ("won_deals > 6", set(PEOPLE[3:-1])),
    ('{any: ["won_deals == 2", "closed_deals == 0"]}', {PEOPLE[0], PEOPLE[-1]}),
    ("{not: won_deals >= 2}", {PEOPLE[-1]}),
    ("win_rate >= 0", set(PEOPLE[:-1])),  # what nobody knows does not hold
    ("{not: win_rate >= 0}", set()),
    ("team.size >= 3", {"S31", "S32", "S33"}),
    ("grade == S", {"S22"}),  # the calibrated one
]


@pytest.fixture
def played(game: Played) -> Played:
    """A locked cycle in which one transition is there for each case."""
    more = "".join(
        f"    t{place}: {{name: {{zh: 动作{place}, en: Move {place}}}, from: manager, "
        f"to: acceptance, by: [hr], when: {condition}}}\n"
        for place, (condition, _) in enumerate(CASES)
    )
    locked(opened(game, OPENED, ("    confirm:\n", f"{more}    confirm:\n")), LOCKED)
    with game.database.write() as session:
        for person in PEOPLE:
            review_of(session, person).calibrated_grade = "S" if person == "S22" else "B"
    return game


def test_whom_a_condition_lets_go(played: Played) -> None:
    with played.database.read() as session:
        cycle = find_cycle(session, CYCLE)
        policy, reviews = policy_of(cycle), reviews_of(session, cycle)
        for place, (condition, expected) in enumerate(CASES):
            held = held_up(session, reviews, policy, find_step(policy, f"t{place}"))
            free = {each.person.code for each in reviews if each.id not in held}
            assert free == expected, condition


def test_a_refusal_names_what_must_hold_in_the_policy_s_own_words(played: Played) -> None:
    with played.database.write() as session:
        policy, review = policy_of(find_cycle(session, CYCLE)), review_of(session, "S11")
        hr = played.actors[Role.HR]
        with pytest.raises(KaohengError) as caught:
            move_review(session, hr, LOCKED, review, policy, transition="t1")
        (fault,) = caught.value.faults
        assert fault.code == "reviews.condition"
        assert "Move 1 of S11 waits until this holds: Deals won > 6." in str(fault)
        assert fault.params["condition"].zh == "赢单数 > 6"
        move_review(session, hr, LOCKED, review, policy, transition="t4")
        assert review.stage == "acceptance"
