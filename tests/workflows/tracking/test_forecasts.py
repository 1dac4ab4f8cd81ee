"""Forecasts from records: the same days of past periods, of nobody but the person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.played import CODE, Deal, Played, add_deals
from tests.workflows.tracking.helping import review_of
from workflows.cycles.operations import find_cycle, policy_of
from workflows.sources.tables import SourceImport
from workflows.tracking.forecasts import forecasts_of
from workflows.tracking.progress import team_progress

# Half of the quarter: 46 of 92 days. A past quarter of 92 days is looked at after 46 too.
HALF = date(2017, 11, 16)


@pytest.fixture
def with_past(game: Played) -> Played:
    game.open()
    with game.database.write() as session:
        brought = session.scalars(sa.select(SourceImport)).one()
        past = [("2017-08-15", 100), ("2017-08-16", 300), ("2017-05-15", 100), ("2017-06-30", 400)]
        deals = [
            Deal(f"p{number}", "S11", amount=amount, closed=date.fromisoformat(day))
            for number, (day, amount) in enumerate(past)
        ]
        other = Deal("other", "S12", amount=9_999, closed=date(2017, 8, 1))
        add_deals(session, brought, [*deals, other])
    return game


def test_a_forecast_is_of_the_same_days_of_past_periods(with_past: Played) -> None:
    with with_past.database.read() as session:
        review = review_of(session, "S11")
        policy = policy_of(review.cycle)
        found = forecasts_of(session, review.cycle, policy, [review.person], HALF)["S11"]
        revenue = next(each for each in found if each.code == "won_revenue").forecast
    assert (revenue.gone, revenue.now) == (Decimal("0.5"), Decimal(18_001))
    assert revenue.pace == Decimal(36_002)
    told = [(each.past.label, each.past.at, each.past.end) for each in revenue.tried]
    assert told == [
        ("2017-Q3", Decimal(100), Decimal(400)),
        ("2017-Q2", Decimal(100), Decimal(500)),
    ]
    assert (revenue.low, revenue.high) == (Decimal(36_002), Decimal(18_001 * 5))
    # The pace would have said 200 of 400, and about 200 of 500.
    assert revenue.error == Decimal("0.55")


def test_before_the_period_begins_there_is_no_pace(with_past: Played) -> None:
    with with_past.database.read() as session:
        review = review_of(session, "S11")
        day = date(2017, 10, 1)
        policy = policy_of(review.cycle)
        found = forecasts_of(session, review.cycle, policy, [review.person], day)["S11"]
    assert all(each.forecast.now == 0 for each in found)
    assert next(each for each in found if each.code == "won_revenue").forecast.pace is None


def test_a_small_team_has_no_sum_of_its_own(with_past: Played) -> None:
    with with_past.database.read() as session:
        cycle = find_cycle(session, CODE)
        small, three = review_of(session, "S11").team_id, review_of(session, "S31").team_id
        assert small is not None
        assert three is not None
        assert team_progress(session, cycle, small) == ()
        found = {each.code: each for each in team_progress(session, cycle, three)}
    assert {each.people for each in found.values()} == {3}
    deals = sum(place * 2 for place in (5, 6))  # the last has none
    assert found["won_deals"].actual == Decimal(deals)
