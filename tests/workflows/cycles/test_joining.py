"""Long leave and late joiners: parts of the period, and a review for who came afterwards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.organisation import NOW
from tests.played import CODE, Played
from workflows.access.policy import Role
from workflows.agreements.tables import Agreement
from workflows.cycles.joining import add_to_cycle, without_review
from workflows.cycles.operations import find_cycle
from workflows.cycles.presence import stays
from workflows.cycles.segments import segments_of
from workflows.org.staff import Newcomer, add_person, join_unit, move_person, set_absence
from workflows.org.tables import Person
from workflows.reviews.reading import find_review
from workflows.targets.operations import targets_of_people
from workflows.targets.tables import Target

START, END = date(2017, 10, 1), date(2018, 1, 1)


def person(session: object, code: str) -> Person:
    return session.scalars(sa.select(Person).where(Person.code == code)).one()  # type: ignore[attr-defined]


def test_long_leave_cuts_a_stay_and_a_move_names_each_manager(game: Played) -> None:
    game.open()
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        s11 = person(session, "S11")
        set_absence(
            session, hr, NOW, s11, kind="maternity", first_day=date(2017, 11, 1),
            last_day=date(2017, 11, 30), reason="产假",
        )  # fmt: skip
        move_person(session, hr, NOW, s11, unit="west-1", day=date(2017, 12, 15), reason="调岗")
    with game.database.read() as session:
        review = find_review(session, find_cycle(session, CODE), "S11")
        found = [
            (stay.team.code, stay.start, stay.end, manager and manager.code)
            for stay, manager in (
                (each.stay, each.manager) for each in segments_of(session, review)
            )
        ]
        assert found == [
            ("east-1", START, date(2017, 11, 1), "M1"),
            ("east-1", date(2017, 12, 1), date(2017, 12, 15), "M1"),
            ("west-1", date(2017, 12, 15), END, "M3"),
        ]


def test_a_day_in_two_units_counts_for_the_one_with_more_of_it(game: Played) -> None:
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        s11 = person(session, "S11")
        day = date(2017, 11, 1)
        about = {"day": day, "reason": "兼任"}
        move_person(session, hr, NOW, s11, unit="east-1", ratio=Decimal("0.4"), **about)  # type: ignore[arg-type]
        join_unit(session, hr, NOW, s11, unit="east-2", ratio=Decimal("0.6"), **about)  # type: ignore[arg-type]
        found = stays(session, "salesperson", START, END)[s11.id]
        assert [(stay.team.code, stay.start) for stay in found] == [
            ("east-1", START),
            ("east-2", day),
        ]
    game.open()  # each is in it once


def test_who_joins_later_gets_a_review_with_targets_and_a_copy(game: Played) -> None:
    game.open()
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        new = add_person(session, hr, Newcomer("S99", "新人"))
        join_unit(session, hr, NOW, new, unit="east-1", day=date(2017, 11, 1), reason="入职")
        cycle = find_cycle(session, CODE)
        (newcomer,) = without_review(session, hr, cycle)
        assert newcomer.stays[0].person.code == "S99"
        assert set(newcomer.reserve.values()) == {Decimal(0)}  # all of it was shared out
        before = targets_of_people(session, cycle)
        amounts = dict.fromkeys(newcomer.reserve, Decimal(7))
        with pytest.raises(KaohengError) as error:
            add_to_cycle(session, hr, NOW, cycle, person="S99", targets={}, reason="入职")
        assert {fault.place.path for fault in error.value.faults} == set(amounts)
        review = add_to_cycle(session, hr, NOW, cycle, person="S99", targets=amounts, reason="入职")
        assert review.stage == find_review(session, cycle, "S11").stage
        after = targets_of_people(session, cycle)
        assert after.pop(new.id) == amounts
        assert after == before
        own = sa.select(Target.parent_id).where(Target.person_id == new.id)
        assert set(session.scalars(own)) == {None}  # beyond the reserve it stands on its own
        copies = sa.select(sa.func.count()).where(Agreement.person_id == new.id)
        assert session.scalar(copies) == 1
        assert without_review(session, hr, cycle) == []
        with pytest.raises(KaohengError) as error:
            add_to_cycle(session, hr, NOW, cycle, person="S99", targets=amounts, reason="入职")
        assert error.value.kind is Kind.CONFLICT
    game.move("submit_goals", "S99")


def test_what_the_team_has_in_reserve_stays_in_the_cascade(game: Played) -> None:
    game.open()
    hr = game.actors[Role.HR]
    with game.database.write() as session:
        cycle = find_cycle(session, CODE)
        # what somebody in the team was given less is in reserve
        session.execute(
            sa.update(Target)
            .where(Target.cycle_id == cycle.id, Target.person_id == person(session, "S12").id)
            .values(amount=Target.amount - Decimal(5))
        )
        new = add_person(session, hr, Newcomer("S99", "新人"))
        join_unit(session, hr, NOW, new, unit="east-1", day=date(2017, 11, 1), reason="入职")
        (newcomer,) = without_review(session, hr, cycle)
        assert set(newcomer.reserve.values()) == {Decimal(5)}
        add_to_cycle(session, hr, NOW, cycle, person="S99", targets=newcomer.reserve, reason="入职")
        own = sa.select(Target.parent_id).where(Target.person_id == new.id)
        assert None not in set(session.scalars(own))
