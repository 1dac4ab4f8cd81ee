"""For whom a review waits: by name where it is one person, since when, until when."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from tests.played import Played
from tests.staged import local, locked, opened, review_of
from tests.statements import counted
from workflows.reviews.movers import standings_of
from workflows.reviews.tables import Review

OPENED, LOCKED = local("2017-11-01 09:00"), local("2017-12-05 10:00")
DAY = date(2017, 12, 5)


def waits_for(game: Played, person: str) -> tuple[str, list[str]]:
    with game.database.read() as session:
        review = review_of(session, person)
        found = standings_of(session, [review], DAY)[review.id]
        names = [each.person.code if each.person else each.role for each in found.movers]
        return found.stage.en, names


def stage(game: Played, stage: str) -> None:
    with game.database.write() as session:
        session.execute(sa.update(Review).values(stage=stage))


def test_each_stage_waits_for_somebody_until_the_last(game: Played) -> None:
    opened(game, OPENED)
    assert waits_for(game, "S11") == ("Data", ["hr"])
    locked(game, LOCKED)
    assert waits_for(game, "S11") == ("Manager confirms", ["M1", "hr", "hr_region"])
    assert waits_for(game, "S31") == ("Manager confirms", ["M3", "hr", "hr_region"])
    stage(game, "acceptance")
    assert waits_for(game, "S11") == ("The person confirms", ["S11"])
    stage(game, "result_approval")
    assert waits_for(game, "S11") == ("Result approval", ["finance", "sales_director"])
    stage(game, "closed")
    assert waits_for(game, "S11") == ("Closed", [])


def test_since_when_and_until_when(game: Played) -> None:
    locked(opened(game, OPENED), LOCKED)
    with game.database.read() as session:
        review = review_of(session, "S11")
        found = standings_of(session, [review], DAY)[review.id]
    assert (found.since, found.due) == (LOCKED, local("2017-12-08 00:00"))
    assert not found.is_late(local("2017-12-07 23:59"))
    assert found.is_late(local("2017-12-08 00:00"))


def test_as_many_statements_for_one_as_for_all(game: Played) -> None:
    locked(opened(game, OPENED), LOCKED)
    counts = []
    for many in (1, 7):
        with game.database.read() as session:
            query = sa.select(Review).order_by(Review.id).limit(many)
            reviews = session.scalars(query).all()
            for each in reviews:
                assert each.person
                assert each.cycle.policy_version
            with counted(game.database) as statements:
                assert len(standings_of(session, reviews, DAY)) == many
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 7
