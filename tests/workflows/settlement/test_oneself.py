"""HR and directors who are appraised themselves: their own reviews are for others to settle."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.workflows.settlement.settling import PEOPLE, Settling, account
from workflows.access.actors import Actor
from workflows.access.policy import Role
from workflows.calibration.operations import calibrate_review
from workflows.closing.holding import hold_review, release_review
from workflows.closing.reopening import propose_reopening
from workflows.cycles.operations import find_cycle, open_cycle, policy_of
from workflows.cycles.tables import Cycle
from workflows.feedback.operations import Prepared, prepare_talk, side_of
from workflows.figures.operations import give_figures
from workflows.reviews.moves import move_review

CODE = "settle@2026-Q2"
OWN = "S11"


def refused_for_oneself():  # type: ignore[no-untyped-def]
    return pytest.raises(
        KaohengError,
        check=lambda error: (error.kind, error.faults[0].code) == (Kind.DENIED, "access.oneself"),
    )


def appraised(world: Settling, role: Role) -> Actor:
    """Add an account of ``role`` for somebody who has a review of their own."""
    with world.game.database.write() as session:
        return account(session, role, f"{role.value}-of-{OWN}", OWN)


def refuse_each(world: Settling, *acts: Callable[[Session, Cycle], object]) -> None:
    for act in acts:
        with refused_for_oneself():
            world.do(act)


@pytest.mark.parametrize("role", [Role.HR, Role.SALES_DIRECTOR])
def test_ones_own_grade_move_and_conversation_are_for_others(world: Settling, role: Role) -> None:
    who = appraised(world, role)
    world.up_to_approval()
    world.move("back", OWN, reason="再议")
    with world.game.database.read() as session:
        policy = policy_of(find_cycle(session, CODE))
    refuse_each(
        world,
        lambda s, _: move_review(s, who, NOW, world.review(s, OWN), policy, transition="submit"),
        lambda s, _: calibrate_review(
            s, who, NOW, world.review(s, OWN), policy, grade="A", reason="自评"
        ),
        lambda s, _: prepare_talk(s, who, NOW, world.review(s, OWN), Prepared(praise="好")),
    )
    # On anybody else's it is theirs as ever.
    world.move("back", "S12", reason="再议")
    world.do(
        lambda s, _: move_review(s, who, NOW, world.review(s, "S12"), policy, transition="submit")
    )
    with world.game.database.read() as session:
        assert side_of(session, who, world.review(session, "S12")) == "manager"
        assert side_of(session, who, world.review(session, OWN)) is None


def test_hr_neither_holds_nor_releases_nor_opens_again_their_own(world: Settling) -> None:
    who = appraised(world, Role.HR)
    world.up_to_approval()
    refuse_each(world, lambda s, _: hold_review(s, who, NOW, world.review(s, OWN), reason="再想想"))
    world.hold(OWN)
    refuse_each(
        world, lambda s, _: release_review(s, who, NOW, world.review(s, OWN), reason="可以了")
    )
    world.release(OWN)
    world.approve()
    world.move("confirm", *PEOPLE)
    refuse_each(
        world, lambda s, _: propose_reopening(s, who, NOW, world.review(s, OWN), reason="漏单")
    )


def test_hr_gives_the_figures_of_others_only(world: Settling) -> None:
    who = appraised(world, Role.HR)
    with world.game.database.write() as session:
        open_cycle(session, world.hr, NOW, policy_code="settle", period_label="2026-Q2")
    rows = [{"person": each, "sharing.manager": "70"} for each in PEOPLE]
    refuse_each(world, lambda s, c: give_figures(s, who, NOW, c, rows))
    others = [row for row in rows if row["person"] != OWN]
    assert world.do(lambda s, c: give_figures(s, who, NOW, c, others))["given"] == len(others)
    # Somebody else's value of theirs may stand in the file: it changes nothing.
    world.do(lambda s, c: give_figures(s, world.hr, NOW, c, rows))
    assert world.do(lambda s, c: give_figures(s, who, NOW, c, rows))["given"] == 0
