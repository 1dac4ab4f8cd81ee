"""Confirming one's own list: what is on it, what changes it, and what a lock waits for."""

from __future__ import annotations

import json
from datetime import date

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.confirmed import CODE, NOW, Confirmed
from workflows.confirming.operations import confirm_records
from workflows.confirming.reading import confirmation_rows
from workflows.confirming.standing import Standing, standings
from workflows.confirming.tables import Confirmation
from workflows.confirming.tasks import confirming_tasks
from workflows.cycles.operations import find_cycle, lock_cycle, policy_of
from workflows.log.tables import LogEntry
from workflows.org.tables import Person
from workflows.reviews.moves import move_review
from workflows.reviews.of_cycle import reviews_of

PEOPLE = ("S11", "S12", "S21", "S22", "S31", "S32", "S33")


def standing(world: Confirmed, person: str) -> Standing:
    with world.database.read() as session:
        review = world.review(session, person)
        return standings(session, review.cycle, policy_of(review.cycle), [review])[review.id]


def confirm(world: Confirmed, person: str, by: str | None = None, seen: str | None = None) -> None:
    seen = seen or standing(world, person).digest
    with world.database.write() as session:
        review = world.review(session, person)
        confirm_records(session, world.actors[by or person], NOW, review, seen=seen)


def test_the_list_is_what_the_measures_count(world: Confirmed) -> None:
    found = standing(world, "S11")
    assert [(line.code, line.share, line.roles) for line in found.lines] == [
        ("D1", 1, ("owner",)),
        ("D2", 1, ("owner",)),
    ]
    assert found.lines[0].worth == {"revenue": 400}
    assert found.state == "waiting"


def test_a_confirmation_holds_until_a_record_changes(world: Confirmed) -> None:
    confirm(world, "S11")
    assert standing(world, "S11").state == "confirmed"
    world.add_deal("D9", "S11", 10, date(2026, 3, 31))
    found = standing(world, "S11")
    assert (found.state, found.changed) == ("changed", {("deal", "D9")})
    confirm(world, "S11")
    confirm(world, "S11")
    assert standing(world, "S11").state == "confirmed"
    with world.database.read() as session:
        assert session.scalar(sa.select(sa.func.count(Confirmation.id))) == 2
        logged = sa.select(sa.func.count()).where(LogEntry.action == "confirm_records")
        assert session.scalar(logged) == 2


def test_nobody_confirms_for_another_or_what_they_have_not_seen(world: Confirmed) -> None:
    for by in ("S12", "M1", "hr"):
        with pytest.raises(KaohengError) as refused:
            confirm(world, "S11", by)
        assert refused.value.kind is Kind.DENIED
    seen = standing(world, "S11").digest
    world.add_deal("D9", "S11", 10, date(2026, 3, 31))
    with pytest.raises(KaohengError) as refused:
        confirm(world, "S11", seen=seen)
    assert refused.value.kind is Kind.CONFLICT


def test_a_move_waits_for_the_confirmation(world: Confirmed) -> None:
    def move() -> None:
        with world.database.write() as session:
            review = world.review(session, "S11")
            policy = policy_of(review.cycle)
            move_review(session, world.actors["S11"], NOW, review, policy, transition="confirm")

    with pytest.raises(KaohengError, match="S11"):
        move()
    with world.database.read() as session:
        (task,) = confirming_tasks(session, world.actors["S11"], NOW)
        assert task.params == {
            "cycle": {"zh": "季度考核 2026-Q1", "en": "Quarterly 2026-Q1"},
            "count": 2,
        }
    confirm(world, "S11")
    with world.database.read() as session:
        assert confirming_tasks(session, world.actors["S11"], NOW) == []
    move()


def test_a_lock_names_those_who_have_not_confirmed_unless_with_a_reason(world: Confirmed) -> None:
    for person in ("S11", "S12"):
        confirm(world, person)
    with world.database.write() as session:
        cycle = find_cycle(session, CODE)
        for review in reviews_of(session, cycle):
            hr, policy = world.actors["hr"], policy_of(cycle)
            move_review(session, hr, NOW, review, policy, transition="pass")
    with pytest.raises(KaohengError) as refused, world.database.write() as session:
        lock_cycle(session, world.actors["hr"], NOW, find_cycle(session, CODE))
    named = {fault.params["person"] for fault in refused.value.faults}
    assert named == set(PEOPLE) - {"S11", "S12"}
    with world.database.write() as session:
        cycle = find_cycle(session, CODE)
        lock_cycle(session, world.actors["hr"], NOW, cycle, reason="通知三次未答复")
        assert cycle.state == "locked"
    with world.database.read() as session:
        entry = session.scalars(sa.select(LogEntry).where(LogEntry.action == "lock_cycle")).one()
        assert len(json.loads(entry.leaf[1:])["details"]["unanswered"]) == 5
    with pytest.raises(KaohengError) as late:
        confirm(world, "S21")
    assert late.value.kind is Kind.CONFLICT


def test_who_follows_whom(world: Confirmed) -> None:
    confirm(world, "S11")
    with world.database.read() as session:
        cycle = find_cycle(session, CODE)
        seen = {
            who: {str(row["person"]): row["state"] for row in rows}
            for who in ("hr", "M1", "S12")
            for rows in [confirmation_rows(session, world.actors[who], cycle)]
        }
        everybody = set(session.scalars(sa.select(Person.code).where(Person.code.in_(PEOPLE))))
    assert set(seen["hr"]) == everybody
    assert seen["M1"] == {"S11": "confirmed", "S12": "waiting"}
    assert seen["S12"] == {"S12": "waiting"}
