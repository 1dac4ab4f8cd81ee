"""What is offered is what is allowed: the moves shown to somebody are those that they may make."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor
from tests.played import CODE, PEOPLE, Played
from workflows.access.decide import roles_towards
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.calibration.operations import calibrate_review
from workflows.cycles.operations import find_cycle, policy_of
from workflows.reviews.moves import move_review, moves_for
from workflows.reviews.reading import find_review
from workflows.reviews.tables import Review
from workflows.reviews.waiting import cycle_steps_for, may_calibrate, waiting_for

PERSONS = {Role.MANAGER: "M1", Role.SALESPERSON: "S11"}


class Undone(Exception):  # noqa: N818 (no error: it undoes what was tried)
    pass


def works(database: Database, role: Role, person: str, transition: str) -> bool:
    """Say whether the move goes through, and undo it."""
    try:
        with database.write() as session:
            cycle = find_cycle(session, CODE)
            move_review(
                session,
                actor(session, role, PERSONS.get(role)),
                NOW,
                find_review(session, cycle, person),
                policy_of(cycle),
                transition=transition,
                reason="理由",
            )
            raise Undone
    except Undone:
        return True
    except KaohengError:
        return False


def test_every_move_that_is_offered_works_and_no_other(game: Played) -> None:
    game.open()
    with game.database.read() as session:
        policy = policy_of(find_cycle(session, CODE))
    assert policy.workflow
    for stage in policy.workflow.stages:
        with game.database.write() as session:
            session.execute(sa.update(Review).values(stage=stage))
        for role in Role:
            for person in ("S11", "S12", "S31"):
                with game.database.read() as session:
                    who = actor(session, role, PERSONS.get(role))
                    review = find_review(session, find_cycle(session, CODE), person)
                    roles = roles_towards(session, who, "move_review", review.person_id)
                    offered = {step.code for step in moves_for(policy, review, roles)}
                    waits = {
                        item.review.person.code
                        for group in waiting_for(session, who)
                        for item in group.items
                    }
                assert (person in waits) is bool(offered), (role, stage, person)
                for step in policy.workflow.transitions:
                    allowed = works(game.database, role, person, step.code)
                    assert allowed is (step.code in offered), (role, stage, person, step.code)


def test_the_oldest_wait_first(game: Played) -> None:
    game.open()
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        for hours, person in enumerate(("S12", "S11"), 1):
            move_review(
                session,
                game.actors[Role.HR],
                NOW + timedelta(hours=hours),
                find_review(session, cycle, person),
                policy_of(cycle),
                transition="submit_goals",
            )
    with game.database.read() as session:
        groups = waiting_for(session, game.actors[Role.MANAGER])
    assert [(g.stage, [i.review.person.code for i in g.items]) for g in groups] == [
        ("goal_approval", ["S12", "S11"])
    ]
    assert groups[0].since == NOW + timedelta(hours=1)
    assert [step.code for step in groups[0].moves] == ["return_goals", "approve_goals"]


def test_a_cycle_waits_for_whoever_may_lock_or_approve_it(game: Played) -> None:
    game.open()
    game.move("submit_goals")
    game.move("approve_goals", *PEOPLE[:-1])

    def steps(role: Role) -> list[str]:
        with game.database.read() as session:
            return [each.step.cycle or "" for each in cycle_steps_for(session, game.actors[role])]

    assert steps(Role.HR) == []  # one of them is not there yet
    game.move("approve_goals", PEOPLE[-1])
    assert steps(Role.HR) == ["lock"]
    assert steps(Role.FINANCE) == steps(Role.MANAGER) == []
    game.lock()
    game.move("start_evaluation")
    game.move("submit_evaluation")
    game.move("submit_result")
    assert steps(Role.FINANCE) == ["approve"]
    assert steps(Role.HR) == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.HR, Role.SALESPERSON, Role.FINANCE])
def test_a_grade_is_offered_to_whoever_may_propose_it(game: Played, role: Role) -> None:
    game.up_to_calibration()
    with game.database.read() as session:
        review = find_review(session, find_cycle(session, CODE), "S11")
        offered = may_calibrate(session, game.actors[role], review)
    assert offered is (role in (Role.MANAGER, Role.HR))


def test_who_decided_on_something_older_is_told(game: Played) -> None:
    game.up_to_calibration()

    def grade(seen: int) -> None:
        with game.database.write() as session:
            cycle = find_cycle(session, CODE)
            review = find_review(session, cycle, "S11")
            calibrate_review(
                session,
                game.actors[Role.MANAGER],
                NOW,
                review,
                policy_of(cycle),
                grade="A",
                reason="带教新人",
                seen=seen,
            )

    with game.database.read() as session:
        seen = find_review(session, find_cycle(session, CODE), "S11").version
    grade(seen)
    with pytest.raises(KaohengError) as refusal:
        grade(seen)
    assert refusal.value.kind is Kind.CONFLICT
    assert refusal.value.faults[0].code == "reviews.changed_meanwhile"
