"""Customers' forms: asked for, opened until a day, given once, withdrawn, and logged."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.errors import KaohengError, Kind
from tests.evaluated import Evaluated, evaluated, filled, rating
from tests.organisation import NOW
from tests.played import Played
from workflows.log.tables import LogEntry
from workflows.ratings.links import (
    USUAL,
    ask_customer,
    asked_customer,
    give_as_customer,
    issue_of,
    withdraw_customer,
)
from workflows.ratings.tables import RatingRequest

WHO = "海河机械 王女士"


@pytest.fixture
def world(game: Played) -> Evaluated:
    found = evaluated(game)
    found.up_to_ratings()
    return found


def ask(world: Evaluated, by: str = "hr", at: timedelta = timedelta(0)) -> tuple[str, int]:
    with world.database.write() as session:
        _, policy, review = world.of(session)
        who = world.hr if by == "hr" else world.who(session, by)
        found = ask_customer(
            session, who, NOW + at, review, policy, rating(policy, "customers"), WHO
        )
        return found.public_id, issue_of(found)


def give(world: Evaluated, link: tuple[str, int], points: str = "80") -> None:
    with world.database.write() as session:
        kpis = [each.code for each in world.of(session)[1].kpis if each.raters]
        request = asked_customer(session, NOW, *link)
        give_as_customer(session, NOW, request, filled(points, *kpis))


def refused(kind: Kind):  # type: ignore[no-untyped-def]
    return pytest.raises(KaohengError, check=lambda error: error.kind is kind)


def test_a_customer_rates_once_and_again_changes_nothing(world: Evaluated) -> None:
    link = ask(world)
    with refused(Kind.INVALID):
        give(world, link, "viel")
    give(world, link)
    give(world, link, "10")
    with world.database.read() as session:
        request = session.scalars(sa.select(RatingRequest).filter_by(public_id=link[0])).one()
        assert (request.state, request.source) == ("given", WHO)
        assert {said["points"] for said in request.answers.values()} == {"80"}
        actors = session.scalars(
            sa.select(LogEntry.actor).where(LogEntry.action == "give_rating")
        ).all()
        assert actors == [f"rater-{link[0]}"]
        assert all(
            WHO.encode() not in leaf for leaf in session.scalars(sa.select(LogEntry.leaf)).all()
        )
    with refused(Kind.CONFLICT):
        ask(world)


def test_asked_again_only_the_newest_link_opens_and_none_once_withdrawn(world: Evaluated) -> None:
    first = ask(world)
    second = ask(world, by="M1", at=timedelta(hours=1))
    assert (first[0], first[1] != second[1]) == (second[0], True)
    with refused(Kind.MISSING):
        give(world, first)
    with world.database.write() as session:
        withdraw_customer(session, world.hr, NOW, world.of(session)[2], second[0])
    with refused(Kind.MISSING):
        give(world, second)
    give(world, ask(world, at=timedelta(hours=2)))


def test_a_link_ends_with_its_time(world: Evaluated) -> None:
    link = ask(world)
    with world.database.read() as session:
        assert asked_customer(session, NOW + USUAL - timedelta(seconds=1), *link)
        with refused(Kind.MISSING):
            asked_customer(session, NOW + USUAL, *link)


@pytest.mark.parametrize("by", ["S11", "S12", "M2"])
def test_only_hr_and_whoever_leads_the_person_ask(world: Evaluated, by: str) -> None:
    with pytest.raises(KaohengError):
        ask(world, by)
    with world.database.read() as session:
        there = session.scalars(sa.select(RatingRequest).where(RatingRequest.source.is_not(None)))
        assert there.all() == []
