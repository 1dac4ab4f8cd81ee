"""Deadlines: the order of what happens hangs on days, never on hours, leap days or time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Deadline, Escalation, StageDetail
from tests.staged import local
from workflows.calendar.working import WorkingCalendar
from workflows.stages.planning import Period, Times, times_of

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "America/New_York", "Pacific/Auckland")]
NOVEMBER = Period(date(2017, 11, 1), date(2017, 12, 1))
HOUR = timedelta(hours=1)
# Around a leap day, a year's end, and the hours that New York leaves out and has twice.
MOMENTS = st.one_of(
    *(
        st.datetimes(start, start + timedelta(days=6), timezones=st.just(UTC))
        for start in (
            datetime(2024, 2, 26),  # noqa: DTZ001 (Hypothesis adds the zone)
            datetime(2023, 12, 28),  # noqa: DTZ001
            datetime(2024, 3, 8),  # noqa: DTZ001
            datetime(2024, 11, 1),  # noqa: DTZ001
        )
    )
)
DETAILS = st.builds(
    StageDetail,
    st.just("stage"),
    deadline=st.builds(Deadline, st.integers(4, 15))
    | st.builds(Deadline, st.none(), st.integers(7, 20)),
    remind=st.lists(st.integers(0, 3), max_size=3).map(tuple),
    escalate=st.builds(Escalation, st.integers(0, 5), st.just(("hr",))),
)


def times(detail: StageDetail, entered: datetime, zone: ZoneInfo = ZONES[0]) -> Times:
    found = times_of(detail, WorkingCalendar(zone, {}), NOVEMBER, entered, entered)
    assert found is not None
    return found


# what is declared, when the review came in, the last day
CASES = [
    (Deadline(3), "2026-09-28 09:00", "2026-10-08"),
    (Deadline(3), "2026-09-28 23:59", "2026-10-08"),
    (Deadline(3), "2026-09-29 00:00", "2026-10-09"),
    (Deadline(1), "2026-02-13 18:00", "2026-02-14"),
    (Deadline(None, 5), "2024-02-25 12:00", "2024-03-01"),
    (Deadline(1), "2024-02-28 12:00", "2024-02-29"),
    (Deadline(1), "2025-12-31 12:00", "2026-01-04"),
    (Deadline(3, None, "period_end"), "2017-11-02 12:00", "2017-12-05"),
    (Deadline(2, None, "period_start"), "2017-10-30 12:00", "2017-11-02"),
    (Deadline(None, 10, "period_end"), "2017-11-02 12:00", "2017-12-10"),
    # it has passed: a working day is left
    (Deadline(3, None, "period_end"), "2017-12-06 00:00", "2017-12-07"),
    (Deadline(3, None, "period_end"), "2017-12-05 23:59", "2017-12-05"),
]


@pytest.mark.parametrize(("deadline", "entered", "day"), CASES)
def test_the_last_day(deadline: Deadline, entered: str, day: str) -> None:
    found = times(StageDetail("stage", deadline=deadline), local(entered))
    assert found.day.isoformat() == day
    assert found.due_at == local(f"{day} 00:00") + timedelta(days=1)


def test_without_a_deadline_there_is_nothing_to_wait_for() -> None:
    calendar = WorkingCalendar(ZONES[0], {})
    moment = local("2026-01-05 09:00")
    for detail in (None, StageDetail("stage")):
        assert times_of(detail, calendar, NOVEMBER, moment, moment) is None


@given(DETAILS, MOMENTS, st.sampled_from(ZONES))
def test_what_happens_keeps_its_order(
    detail: StageDetail, entered: datetime, zone: ZoneInfo
) -> None:
    found = times(detail, entered, zone)
    moments = [entered, *found.remind_at, found.due_at, found.escalate_at]
    assert moments == sorted(moments, key=lambda each: each or found.due_at)
    assert len(set(found.remind_at)) == len(found.remind_at), "each once"
    assert all(entered < each < found.due_at for each in found.remind_at)


@given(DETAILS, MOMENTS, st.sampled_from(ZONES))
def test_an_hour_more_or_less_moves_whole_days_or_nothing(
    detail: StageDetail, entered: datetime, zone: ZoneInfo
) -> None:
    """Who comes in later is due later or at the same time, and within a day always the same."""
    found = [times(detail, entered + shift, zone) for shift in (-HOUR, 0 * HOUR, HOUR)]
    assert [each.due_at for each in found] == sorted(each.due_at for each in found)
    days = [(entered + shift).astimezone(zone).date() for shift in (-HOUR, 0 * HOUR, HOUR)]
    for place in (0, 1):
        if days[place] == days[place + 1]:
            assert found[place].due_at == found[place + 1].due_at
            assert found[place].escalate_at == found[place + 1].escalate_at


@given(DETAILS, MOMENTS)
def test_a_time_zone_moves_the_moment_and_not_the_day(
    detail: StageDetail, entered: datetime
) -> None:
    """The same local noon has the same last day everywhere."""
    noon = entered.date()
    found = {
        times(detail, datetime(noon.year, noon.month, noon.day, 12, tzinfo=zone), zone).day
        for zone in ZONES
    }
    assert len(found) == 1


def test_a_reminder_whose_day_has_passed_is_left_out() -> None:
    detail = StageDetail("tracking", deadline=Deadline(2, start="period_end"), remind=(1, 9))
    calendar = WorkingCalendar(ZONES[0], {})
    entered = datetime(2017, 11, 29, 4, tzinfo=UTC)
    found = times_of(detail, calendar, NOVEMBER, entered, entered)
    assert found is not None
    assert [each > entered for each in found.remind_at] == [True]
