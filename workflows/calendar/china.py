"""Public holidays 法定节假日 and the days that are worked to make up for them 调休.

The State Council announces a year's days in the autumn before it, so there is always a last
year that is known.
"""

from __future__ import annotations

from datetime import date

import chinese_calendar

_YEARS: set[int] = {day.year for day in chinese_calendar.holidays}


def is_known(year: int) -> bool:
    return year in _YEARS


def is_worked(day: date) -> bool:
    """Say whether a day is worked; in a year that is not known, Monday to Friday are."""
    return bool(chinese_calendar.is_workday(day)) if is_known(day.year) else day.weekday() < 5
