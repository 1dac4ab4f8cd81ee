"""What an open cycle says at a moment: remembered until something happened that may change it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from tests.organisation import NOW
from tests.played import CODE, Played
from workflows.access.policy import Role
from workflows.cycles.joining import add_to_cycle, without_review
from workflows.cycles.operations import find_cycle
from workflows.cycles.scored import Scored, scored
from workflows.org.staff import Newcomer, add_person, join_unit, move_person
from workflows.org.tables import Person


def now(game: Played) -> Scored:
    with game.database.read() as session:
        return scored(session, find_cycle(session, CODE))


def test_who_joins_is_in_it_at_once(game: Played) -> None:
    game.open()
    hr = game.actors[Role.HR]
    assert "S99" not in now(game).rows
    with game.database.write() as session:
        new = add_person(session, hr, Newcomer("S99", "新人"))
        join_unit(session, hr, NOW, new, unit="east-1", day=date(2017, 11, 1), reason="入职")
        cycle = find_cycle(session, CODE)
        (newcomer,) = without_review(session, hr, cycle)
        targets = newcomer.reserve
        add_to_cycle(session, hr, NOW, cycle, person="S99", targets=targets, reason="入职")
    assert "S99" in now(game).rows


def test_a_move_counts_at_once(game: Played) -> None:
    game.open()
    before = now(game)
    with game.database.write() as session:
        person = session.scalars(sa.select(Person).where(Person.code == "S12")).one()
        move_person(
            session, game.actors[Role.HR], NOW, person, unit="west-1", day=date(2017, 12, 15),
            reason="调岗",
        )  # fmt: skip
    assert now(game) is not before


def test_what_moves_no_number_computes_nothing_anew(game: Played) -> None:
    game.open()
    before = now(game)
    game.move("submit_goals", "S11")
    assert now(game) is before
