"""Whatever the order of appeals, corrections and closings: the ledger is the last computation."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

from tests.organisation import NOW
from tests.played import correct_deal
from tests.workflows.settlement.settling import PEOPLE, Settling
from workflows.appeals.corrections import Correction
from workflows.appeals.tables import OPEN, Appeal
from workflows.cycles.rerunning import rerun_cycle

STEPS = 12


def corrections(luck: random.Random, person: str) -> list[Correction]:
    return luck.choice(
        [
            [Correction("record", f"deal/deal-{person}/amount", str(luck.randrange(1, 99) * 1000))],
            [Correction("grade", "calibrated_grade", luck.choice("ABC"))],
            [Correction("fact", "sharing.manager", str(luck.randrange(101)))],
            [Correction("fact", "help", "90"), Correction("grade", "calibrated_grade", "B")],
        ]
    )


def one_step(world: Settling, luck: random.Random, waiting: dict[str, int], gone: set[str]) -> None:
    """Appeal, grant, run again, or bring somebody to the end, as luck has it."""
    person = luck.choice([each for each in PEOPLE if each not in gone] or list(PEOPLE))
    step = luck.choice(("appeal", "grant", "records", "confirm"))
    if step == "appeal" and person not in gone and person not in waiting:
        waiting[person] = world.handled(person, *corrections(luck, person))
    elif step == "grant" and waiting:
        granted = luck.choice(sorted(waiting))
        world.grant(waiting.pop(granted))
    elif step == "records" and world.state() == "approved":
        with world.game.database.write() as session:
            correct_deal(session, f"deal-{person}", str(luck.randrange(1, 99) * 1000))
        world.do(lambda s, c: rerun_cycle(s, world.finance, NOW, c, "对账"))
    elif step == "confirm" and person not in gone:
        world.move("confirm", person)
        gone.add(person)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_ledger_is_what_the_last_computation_grants(world: Settling, seed: int) -> None:
    luck = random.Random(seed)
    world.up_to_approval()
    held = luck.choice(PEOPLE)
    world.hold(held)
    world.approve()
    waiting: dict[str, int] = {}
    gone = {held}
    for _ in range(STEPS):
        one_step(world, luck, waiting, gone)
        approved = [each for each in PEOPLE if each != held]
        assert world.net() == world.granted(approved)
    world.release(held)
    world.approve_late()
    assert world.net() == world.granted()
    for number in waiting.values():
        world.grant(number)
        assert world.net() == world.granted()
    left = [each for each in PEOPLE if each not in gone or each == held]
    world.move("confirm", *left)
    with world.game.database.read() as session:
        assert not session.scalars(sa.select(Appeal.id).where(Appeal.state.in_(OPEN))).all()
    assert world.state() == "sealed"
    assert world.replay() == []
