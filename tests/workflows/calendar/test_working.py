"""Working days: public holidays off, make-up days worked, the organisation's own before them."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import KaohengError, Kind
from tests.organisation import NOW, actor, add_organisation
from workflows.access.policy import Role
from workflows.base.database import Database
from workflows.calendar.operations import drop_calendar_day, own_days, set_calendar_day
from workflows.calendar.working import WorkingCalendar, calendar_of

CHINA = WorkingCalendar(ZoneInfo("Asia/Shanghai"), {})
DAYS = st.dates(date(2004, 3, 1), date(2026, 9, 1))

# day: whether it is worked, and why
CASES = [
    ("2026-02-13", True, "a Friday before the Spring Festival"),
    ("2026-02-14", True, "a Saturday that makes up for the Spring Festival"),
    ("2026-02-15", False, "a Sunday within it"),
    ("2026-02-16", False, "New Year's Eve, a Monday"),
    ("2026-02-23", False, "its last day, a Monday"),
    ("2026-02-24", True, "the day after"),
    ("2026-02-28", True, "a Saturday that makes up for it"),
    ("2026-04-06", False, "Qingming, the Monday after"),
    ("2026-05-09", True, "a Saturday that makes up for Labour Day"),
    ("2026-09-20", True, "a Sunday that makes up for National Day"),
    ("2026-10-01", False, "National Day"),
    ("2026-10-07", False, "its last day"),
    ("2026-10-10", True, "a Saturday that makes up for it"),
    ("2026-10-11", False, "a Sunday as others"),
    ("2025-01-26", True, "a Sunday that makes up for the Spring Festival"),
    ("2025-10-08", False, "National Day and Mid-Autumn together have eight days"),
    ("2024-02-29", True, "the leap day, a Thursday"),
    ("2020-02-03", True, "a Monday after the Spring Festival"),
    ("2040-01-06", True, "a year that nobody knows: a Friday"),
    ("2040-01-07", False, "a year that nobody knows: a Saturday"),
]
# from, how many working days later, what day that is
LATER = [
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-13", 2, "2026-02-24"),
    ("2026-02-24", -1, "2026-02-14"),
    ("2026-09-30", 1, "2026-10-08"),
    ("2026-09-30", 3, "2026-10-10"),
    ("2026-10-09", 2, "2026-10-12"),
    ("2024-02-28", 1, "2024-02-29"),
    ("2024-02-28", 2, "2024-03-01"),
    ("2025-12-31", 1, "2026-01-04"),
    ("2026-02-15", 0, "2026-02-15"),
]


@pytest.mark.parametrize(("day", "worked", "why"), CASES, ids=[each[2] for each in CASES])
def test_a_day(day: str, worked: bool, why: str) -> None:
    assert CHINA.working_day(date.fromisoformat(day)) is worked, why


@pytest.mark.parametrize(("day", "count", "then"), LATER)
def test_working_days_later(day: str, count: int, then: str) -> None:
    assert CHINA.add_working_days(date.fromisoformat(day), count).isoformat() == then


def test_a_year_that_nobody_knows_is_told() -> None:
    assert CHINA.is_known(2026)
    assert not CHINA.is_known(2040)
    own = WorkingCalendar(CHINA.timezone, {date(2040, 2, 13): False})
    assert own.is_known(2040)


@given(DAYS, st.integers(-40, 40), st.integers(-40, 40))
def test_counting_is_additive_and_lands_on_a_working_day(day: date, one: int, two: int) -> None:
    start = CHINA.add_working_days(day, 1)
    there = CHINA.add_working_days(start, one)
    assert CHINA.working_day(there)
    assert CHINA.add_working_days(there, two) == CHINA.add_working_days(start, one + two)
    between = (start + timedelta(days=each) for each in range(1, max((there - start).days + 1, 1)))
    assert sum(map(CHINA.working_day, between)) == max(one, 0)


@given(DAYS, st.sampled_from(["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Asia/Beirut"]))
def test_a_day_ends_where_the_next_begins(day: date, zone: str) -> None:
    calendar = WorkingCalendar(ZoneInfo(zone), {})
    instant = timedelta(microseconds=1)
    begins, ends = calendar.start_of(day), calendar.end_of(day)
    assert begins < ends == calendar.start_of(day + timedelta(days=1))
    if (zone, day.year) != ("Pacific/Apia", 2011):  # which left a day out
        assert (calendar.day_of(begins), calendar.day_of(ends - instant)) == (day, day)
        assert calendar.day_of(ends) > day > calendar.day_of(begins - instant)


def test_the_organisation_s_own_days(database: Database) -> None:
    saturday, monday = date(2026, 3, 7), date(2026, 3, 9)
    with database.write() as session:
        add_organisation(session)
        hr = actor(session, Role.HR)
        set_calendar_day(session, hr, NOW, day=saturday, is_worked=True, why="盘点")
        set_calendar_day(session, hr, NOW, day=monday, is_worked=True, why="?")
        set_calendar_day(session, hr, NOW, day=monday, is_worked=False, why="司庆")
    with database.read() as session:
        calendar = calendar_of(session)
        assert calendar.add_working_days(date(2026, 3, 6), 2) == date(2026, 3, 10)
        assert [each.why for each in own_days(session, hr)] == ["司庆", "盘点"]
    with database.write() as session:
        drop_calendar_day(session, hr, NOW, day=monday)
        assert calendar_of(session).working_day(monday)
        with pytest.raises(KaohengError) as caught:
            drop_calendar_day(session, hr, NOW, day=monday)
        assert caught.value.kind is Kind.MISSING


def test_only_hr_keeps_the_calendar_and_says_why(database: Database) -> None:
    with database.write() as session:
        add_organisation(session)
        for role, why in ((Role.MANAGER, "司庆"), (Role.FINANCE, "司庆"), (Role.HR, " ")):
            with pytest.raises(KaohengError):
                set_calendar_day(
                    session,
                    actor(session, role, "M1"),
                    NOW,
                    day=NOW.date(),
                    is_worked=False,
                    why=why,
                )
        assert own_days(session, actor(session, Role.MANAGER, "M1")) == []


def test_a_day_of_the_organisation_s_own_comes_before_the_country_s() -> None:
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)
    own = WorkingCalendar(CHINA.timezone, {friday: False, saturday: True})
    assert (CHINA.working_day(friday), CHINA.working_day(saturday)) == (True, False)
    assert (own.working_day(friday), own.working_day(saturday)) == (False, True)
    assert own.add_working_days(date(2026, 3, 5), 1) == saturday
