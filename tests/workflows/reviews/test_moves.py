"""Moving reviews: by those who may, from where they are, once."""

from __future__ import annotations

import os
import threading
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor
from tests.played import CODE, PEOPLE, Played
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.cycles.operations import find_cycle, policy_of
from workflows.log.tables import LogEntry
from workflows.reviews.moves import move_review
from workflows.reviews.reading import find_review
from workflows.reviews.tables import ReviewMove

THREADS = 64
ROUNDS = 50 if os.environ.get("KAOHENG_TEST_LONG") else 3


def kinds(refusal: pytest.ExceptionInfo[KaohengError]) -> tuple[Kind, str]:
    return refusal.value.kind, refusal.value.faults[0].code


def test_64_managers_move_one_review_at_once_and_one_wins(game: Played) -> None:
    """Round after round, there and back: one move, one entry, and 63 who are told."""
    game.open()
    managers = [replace(game.actors[Role.MANAGER], public_id=f"m{n}") for n in range(THREADS)]
    for number in range(ROUNDS):
        transition = ("submit_goals", "return_goals")[number % 2]
        outcomes = all_at_once(game, managers, transition)
        assert outcomes == {"moved": 1, "conflict reviews.moved_already": THREADS - 1}
        with game.database.read() as session:
            moves = session.scalar(sa.select(sa.func.count()).select_from(ReviewMove))
            entries = sa.select(sa.func.count()).where(LogEntry.action == "move_review")
            assert (moves, session.scalar(entries)) == (number + 1, number + 1)


def all_at_once(game: Played, managers: list[Actor], transition: str) -> Counter[str]:
    """Let each of them make the move at the same moment; return what became of it."""
    barrier = threading.Barrier(len(managers))
    outcomes: Counter[str] = Counter()

    def move(manager: Actor) -> None:
        barrier.wait()
        try:
            with game.database.write() as session:
                cycle = find_cycle(session, CODE)
                review = find_review(session, cycle, "S11")
                policy = policy_of(cycle)
                move_review(
                    session, manager, NOW, review, policy, transition=transition, reason="再想想"
                )
        except KaohengError as error:
            outcomes[f"{error.kind} {error.faults[0].code}"] += 1
        else:
            outcomes["moved"] += 1

    threads = [threading.Thread(target=move, args=(manager,)) for manager in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize(
    ("role", "who", "person", "may"),
    [
        (Role.SALESPERSON, "S11", "S11", True),
        (Role.SALESPERSON, "S12", "S11", False),
        (Role.MANAGER, "M1", "S11", True),
        (Role.MANAGER, "M2", "S11", False),
        (Role.HR, None, "S11", True),
        (Role.HR_REGION, None, "S11", True),
        (Role.HR_REGION, None, "S31", False),
        (Role.FINANCE, None, "S11", False),
        (Role.AUDITOR, None, "S11", False),
        (Role.ADMINISTRATOR, None, "S11", False),
        (Role.SALES_DIRECTOR, None, "S11", False),  # reaches it, but the policy names others
    ],
)
def test_who_may_submit_whose_goals(
    game: Played, role: Role, who: str | None, person: str, may: bool
) -> None:
    game.open()
    with game.database.read() as session:
        game.actors[role] = actor(session, role, who)
    if may:
        game.move("submit_goals", person, by=role)
        return
    with pytest.raises(KaohengError) as refusal:
        game.move("submit_goals", person, by=role)
    assert refusal.value.kind is Kind.DENIED


def test_nobody_approves_their_own_goals(game: Played) -> None:
    game.open()
    game.move("submit_goals", "S11", by=Role.SALESPERSON)
    with pytest.raises(KaohengError) as refusal:
        game.move("approve_goals", "S11", by=Role.SALESPERSON)
    assert kinds(refusal) == (Kind.DENIED, "reviews.not_yours_to_move")


def test_sending_back_needs_a_reason_and_keeps_it(game: Played) -> None:
    game.open()
    game.move("submit_goals", "S11")

    def send_back(reason: str | None) -> None:
        with game.database.write() as session:
            cycle = find_cycle(session, CODE)
            move_review(
                session,
                game.actors[Role.MANAGER],
                NOW,
                find_review(session, cycle, "S11"),
                policy_of(cycle),
                transition="return_goals",
                reason=reason,
            )

    with pytest.raises(KaohengError) as refusal:
        send_back(" ")
    assert kinds(refusal) == (Kind.INVALID, "reviews.reason_needed")
    send_back("目标写得太笼统")
    with game.database.read() as session:
        moves = session.scalars(sa.select(ReviewMove).order_by(ReviewMove.id)).all()
        assert [(m.to_stage, m.reason) for m in moves] == [
            ("goal_approval", None),
            ("goal_setting", "目标写得太笼统"),
        ]


@pytest.mark.parametrize(
    ("transition", "expected"),
    [
        ("approve_goals", (Kind.CONFLICT, "reviews.moved_already")),
        ("lock_data", (Kind.INVALID, "reviews.moved_by_cycle")),
        ("fly", (Kind.INVALID, "reviews.unknown_transition")),
    ],
)
def test_a_move_that_cannot_be(game: Played, transition: str, expected: tuple[Kind, str]) -> None:
    game.open()
    with pytest.raises(KaohengError) as refusal:
        game.move(transition, PEOPLE[0])
    assert kinds(refusal) == expected
